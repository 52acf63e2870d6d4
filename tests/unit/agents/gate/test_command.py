"""``jimbot-learn promote``, ``rollback`` and what ``list`` and ``show`` tell of it."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.cli import main
from jimbot_stream.agents.evaluation.archive import Archive
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.gate.gate import Gate
from jimbot_stream.agents.gate.succession import Succession
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import CheckpointPromoted, CheckpointRolledBack
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.promotion import InService
from tests.support.policies import strong, weak
from tests.support.ports import free_port
from tests.unit.agents.gate.conftest import GATE, update

GOOD, BAD = sha256(strong()), sha256(weak())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log with a run of a good update and a bad one; nobody listens on the bus."""
    monkeypatch.setenv("JIMBOT_DATA", str(tmp_path))
    monkeypatch.setenv("JIMBOT_LOG", f"sqlite:{tmp_path}/events.sqlite")
    monkeypatch.setenv("JIMBOT_BROKER", f"kafka://127.0.0.1:{free_port()}")

    async def make() -> None:
        blobs = BlobStore(tmp_path / "blobs")
        async with EmbeddedLog(tmp_path / "events.sqlite") as log:
            run = await TrainingRun.begin(log, blobs, 7, UpdateConfig(), gate=GATE)
            succession = Succession(
                run, await InService.open(log), Gate(GATE, Archive(log, blobs.get))
            )
            await succession.begin()
            for checkpoint in (strong(), weak()):
                await update(run, checkpoint)
                await succession.settle()

    asyncio.run(make())
    return tmp_path


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"COLUMNS": "200"})


def service(folder: Path) -> InService:
    async def read() -> InService:
        async with EmbeddedLog(folder / "events.sqlite") as log:
            return await InService.open(log)

    return asyncio.run(read())


def test_a_roll_back_is_one_command_and_says_who_and_why(folder: Path) -> None:
    done = command("rollback", "--reason", "looks odd", "--by", "somebody")
    assert done.exit_code == 0, done.output
    there = service(folder)
    assert done.stdout == f"{there.checkpoint} is in service\n"
    assert "no bus answers: workers find it in the log when they start" in done.stderr
    (told,) = there.all(CheckpointRolledBack)
    assert (told.withdrawn, told.by, told.reason) == (GOOD, "somebody", "looks odd")
    further = command("rollback")
    assert further.exit_code == 1
    assert "no checkpoint was in service before" in further.stderr


def test_a_refused_checkpoint_can_be_promoted_by_hand(folder: Path) -> None:
    done = command("promote", BAD[:10], "--reason", "to see it play", "--by", "somebody")
    assert done.stdout == f"{BAD} is in service\n", done.output
    told = service(folder).all(CheckpointPromoted)[-1]
    assert (told.replaced, told.run_id, told.by) == (GOOD, "run7", "somebody")
    assert (told.reason, told.evaluation_id) == ("to see it play", "")
    again = command("promote", BAD[:10])
    assert (again.exit_code, again.stdout) == (0, f"{BAD} was already in service\n")
    back = command("rollback", "--to", GOOD[:8])
    assert back.stdout == f"{GOOD} is in service\n"
    assert command("rollback", "--to", GOOD[:8]).stdout == f"{GOOD} was already in service\n"


def test_a_run_means_the_checkpoint_that_it_goes_on_with(folder: Path, tmp_path: Path) -> None:
    assert command("promote", "run7").stdout == f"{GOOD} was already in service\n"
    out = tmp_path / "policy.pt"
    done = command("export", "run7", "--format", "torchscript", "--out", str(out))
    assert done.stdout == f"{GOOD} written to {out}\n", done.stderr
    assert out.stat().st_size > 0
    missing = command("promote", "run8")
    assert missing.exit_code == 1
    assert "or the name of a run in the log" in missing.stderr


def spoil(folder: Path, name: str) -> None:
    path = BlobStore(folder / "blobs").path(name)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("promote", "0000"), "no checkpoint in the log"),
        (("promote", "what"), "give its sha256 in hex"),
        (("rollback", "--to", BAD), "no checkpoint in the log"),
    ],
)
def test_what_is_not_there_is_refused(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    done = command(*arguments)
    assert done.exit_code == 1
    assert says in done.stderr
    assert service(folder).checkpoint == GOOD


def test_spoilt_bytes_do_not_come_into_service(folder: Path) -> None:
    spoil(folder, BAD)
    done = command("promote", BAD)
    assert done.exit_code == 1
    assert "is not put into service, unreadable-checkpoint" in done.stderr
    assert "what decides now goes on" in done.stderr
    before = service(folder).stack[-2]
    spoil(folder, before)
    assert command("rollback").exit_code == 1
    assert service(folder).checkpoint == GOOD


def test_list_and_show_tell_what_is_in_service_and_why(folder: Path) -> None:
    told = command("list").stdout
    assert f"{BAD[:12]} refused" in told
    assert GOOD[:12] in told
    shown = command("show", "run7").stdout
    assert "worse" in shown
    assert "gate 1, drawn" in shown


def test_the_gate_is_kept_by_the_run(folder: Path) -> None:
    async def begun() -> GateConfig | None:
        async with EmbeddedLog(folder / "events.sqlite") as log:
            run = await TrainingRun.begin(log, BlobStore(folder / "blobs"), 7, UpdateConfig())
            return run.gate

    assert asyncio.run(begun()) == GATE
