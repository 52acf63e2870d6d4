"""``jimbot-stream up`` as a newcomer runs it: real processes, a small run."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

UP = [sys.executable, "-m", "jimbot_stream.cli", "up", "--no-page"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("JIMBOT_")}


def up(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*UP, *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


@pytest.mark.crash
@pytest.mark.timeout(400)
def test_a_small_run_is_verified_whole_and_repeats_itself(tmp_path: Path) -> None:
    digests = []
    for folder, seats in (("first", "4"), ("second", "1")):
        done = up(
            "--games", "6", "--generation", "3", "--seed", "11", "--seats", seats,
            "--data", str(tmp_path / folder),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        last = done.stdout.splitlines()[-1]
        told = re.fullmatch(
            r"(\d+) of \1 decisions and 2 of 2 updates were repeated and found identical", last
        )
        assert told, done.stdout
        assert int(told[1]) >= 6
        digests.append(re.findall(r"decisions sha256 ([0-9a-f]{64})", done.stdout))
    assert digests[0] == digests[1]
    assert len(digests[0]) == 1


@pytest.mark.crash
@pytest.mark.timeout(120)
def test_an_interrupt_ends_every_process(tmp_path: Path) -> None:
    # Whoever runs the tests in the background ignores SIGINT, and so would what they start.
    command = ["env", "--default-signal=INT", *UP, "--data", str(tmp_path / "run")]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("playing generation"):
                break
        children = psutil.Process(running.pid).children(recursive=True)
        assert len(children) >= 4
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
        code = running.wait(60)
    assert code == 130, rest
    assert not [child for child in children if child.is_running()]


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    done = up("--data", str(tmp_path))
    assert done.returncode == 1
    assert "is not empty" in done.stdout
    assert (tmp_path / "mine").read_text() == "precious"
