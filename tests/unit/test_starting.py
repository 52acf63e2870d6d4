"""A server as a child: up, ended, or one too many."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from jimbot_stream import starting
from jimbot_stream.starting import StartError, start_server

SLEEP = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_a_server_runs_until_the_end_of_the_context(tmp_path: Path) -> None:
    there = tmp_path / "there"
    text = f"import pathlib, time; pathlib.Path({str(there)!r}).touch(); time.sleep(60)"
    child = start_server(python(text), there.exists, tmp_path / "data" / "server.log")
    assert child is not None
    with child:
        assert child.process.poll() is None
    assert child.process.returncode is not None


def test_a_server_that_ends_at_once_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "_OTHER_READY_S", 0.0)
    with pytest.raises(StartError, match="ended with code 1: the file is taken"):
        start_server(
            python("import sys; sys.exit('the file is taken')"), lambda: False, tmp_path / "log"
        )


def test_whoever_was_slower_uses_the_server_of_the_other(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def opens_after_ours_has_ended() -> bool:
        if not (told := log.read_text()):
            return False
        try:
            return psutil.Process(int(told)).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    text = "import os, sys; print(os.getpid()); sys.exit(1)"
    assert start_server(python(text), opens_after_ours_has_ended, log) is None


def test_a_server_that_is_never_ready_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "_READY_S", 0.1)
    log = tmp_path / "log"

    def never() -> bool:
        while not log.read_bytes():
            time.sleep(0.01)
        return False

    with pytest.raises(StartError, match="did not listen"):
        start_server(python(SLEEP), never, log)
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)


def test_a_server_is_ended_when_its_port_turns_out_to_be_a_strangers(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def stranger() -> bool:
        if log.read_bytes():
            raise ConnectionRefusedError
        return False

    with pytest.raises(ConnectionRefusedError):
        start_server(python(SLEEP), stranger, log)
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)
