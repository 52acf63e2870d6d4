"""One writer per file: an advisory lock beside it, released by the system at death."""

import fcntl
import os
from pathlib import Path

from jimbot_stream.eventlog import EventLogError


class FileLock:
    """Held from creation until release."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            EventLogError: another process, or another log of this one, holds it.
        """
        lock_path = path.with_name(path.name + ".lock")
        self._descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._descriptor, 32, 0).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise EventLogError(
                f"{path} is in use by process {holder or 'unknown'}: an event log has one writer"
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let go; idempotent."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
