"""A contender's process as the command holds it: turns, and the memory of its whole tree."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import psutil
from bench import memory
from bench.contenders.registry import ENTRANTS
from bench.contenders.standing import Turn
from bench.contenders.task import Task

ROOT = Path(__file__).resolve().parents[2]
EVERY_S = 1.0
PATIENCE_S = 20.0
"""For one that was told to end; Ray needs a few seconds."""
MIB = 1 << 20


class MissingError(RuntimeError):
    """The contender, or something that it needs, is not installed."""


class ContenderError(RuntimeError):
    """The contender's process ended before its time."""


class Running:
    """One contender in one mode, ready to take turns."""

    def __init__(self, name: str, mode: str, task: Task, python: str = sys.executable) -> None:
        """Start it and wait until it is ready.

        Raises:
            ContenderError: it ended instead; the message has what it last wrote.
            MissingError: it is not installed; the message tells what to do.
        """
        self.name, self.mode = name, mode
        self.peak_pss = self.peak_rss = 0
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - close() closes it
        # PufferLib leaves a link in the folder where it is imported.
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [python, "-m", "bench.contenders.serve", name, mode, task.to_json()],
            cwd=self._folder.name,
            env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        try:
            self.versions = self._versions()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """It runs already."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()

    def turn(self, threads: int, seconds: float) -> Turn:
        """Let it play and learn for so long, and note how much memory its tree takes.

        Raises:
            ContenderError: it ended instead.
        """
        assert self._process.stdin is not None
        over = Event()
        watcher = Thread(target=self._watch, args=(over,), daemon=True)
        watcher.start()
        try:
            self._process.stdin.write(json.dumps({"threads": threads, "seconds": seconds}) + "\n")
            self._process.stdin.flush()
            told = self._read()
        except BrokenPipeError:
            raise self._ended() from None
        finally:
            over.set()
            watcher.join()
        return Turn.of(**told)

    def close(self) -> None:
        """End it and all that it started."""
        tree = self._tree()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_S)
        for process in tree:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()
        self._errors.close()
        self._folder.cleanup()

    def _versions(self) -> dict[str, str]:
        told = self._read()
        if "missing" in told:
            install = ENTRANTS[self.name].install
            raise MissingError(f"not installed ({told['missing']} is missing): run `{install}`")
        versions: dict[str, str] = told["versions"]
        return versions

    def _tree(self) -> list[psutil.Process]:
        try:
            root = psutil.Process(self._process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _watch(self, over: Event) -> None:
        while True:
            try:
                found = memory.sample(psutil.Process(self._process.pid)).values()
            except psutil.NoSuchProcess:
                return
            self.peak_rss = max(self.peak_rss, sum(rss for rss, _ in found))
            self.peak_pss = max(self.peak_pss, sum(pss for _, pss in found))
            if over.wait(EVERY_S):
                return

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._ended()
        told: dict[str, Any] = json.loads(line)
        return told

    def _ended(self) -> ContenderError:
        self._process.wait()
        self._errors.seek(0)
        last = "".join(self._errors.readlines()[-15:])
        code = self._process.returncode
        return ContenderError(f"{self.name} ({self.mode}) ended with code {code}:\n{last}")
