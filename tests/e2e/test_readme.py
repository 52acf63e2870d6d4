"""What the README tells to type works as typed; long runs are typed with fewer games."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[str]:
    return BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))


def parts() -> list[str]:
    """The blocks that build on one another: a broker, a store, a worker, and their use."""
    return [block for block in blocks() if not block.startswith("make ")]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """As after ``source .venv/bin/activate``, with ports and folders of this test's own."""
    bin_folder = Path(sys.executable).parent
    return {
        **os.environ,
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "JIMBOT_DATA": str(tmp_path / "data"),
        "JIMBOT_BROKER": f"kafka://127.0.0.1:{free_port()}",
        "JIMBOT_LOG": f"kurrentdb://127.0.0.1:{free_port()}?Tls=false&DefaultDeadline=10",
        "JIMBOT_WEB_PORT": str(free_port()),
    }


@pytest.fixture
def shell(environment: dict[str, str], tmp_path: Path) -> Path:
    """A shell script of all parts."""
    script = tmp_path / "readme.sh"
    script.write_text("set -eux\n" + "\n".join(parts()), encoding="utf-8")
    return script


@pytest.mark.timeout(900)
def test_the_parts_work_one_by_one(shell: Path, environment: dict[str, str]) -> None:
    with subprocess.Popen(
        ["bash", str(shell)],
        cwd=ROOT,
        env=environment,
        stdout=(log := (shell.parent / "out.txt").open("w+")),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            code = process.wait(880)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    log.seek(0)
    told = log.read()
    log.close()
    assert code == 0, told[-4000:]
    assert "ACTION_VERB_SELECT_BLIND" in told
    assert re.search(r"(\d+) of \1 recordings", told)
    assert "all identical" in told


@pytest.mark.timeout(600)
def test_the_way_of_an_audit_works_as_typed(environment: dict[str, str], tmp_path: Path) -> None:
    """Its first command is ``make run``; the record of it goes to a folder of this test's own."""
    assert "make run\n" in blocks()
    text = (ROOT / "docs/audit.md").read_text(encoding="utf-8")
    typed = "\n".join(BLOCK.findall(text)).replace("audit-data", str(tmp_path / "audit-data"))
    done = subprocess.run(
        ["bash", "-c", f"set -eux\n{typed}"],
        cwd=ROOT,
        env={name: text for name, text in environment.items() if not name.startswith("JIMBOT_")},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "3 of 3 updates were repeated and found identical" in done.stdout
    assert done.stdout.count("Everything is as it was written") == 1
    assert done.stdout.count("verified: all identical") == 3  # make run, verify, verify --bundle
