"""Runs a command that ends when its parent does: ``python -m jimbot_stream.play.leash CMD …``.

The kernel is asked to send SIGTERM on the parent's death, which survives ``exec``; where the
kernel cannot be asked (not Linux) the command runs without a leash.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def put_on() -> None:
    """Ask for SIGTERM when the parent dies; ends at once where it is dead already."""
    parent = os.getppid()
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def leashed(command: Sequence[str]) -> list[str]:
    """The command, on a leash."""
    return [sys.executable, "-m", "jimbot_stream.play.leash", *command]


def main() -> None:
    """Put on the leash and become the command."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m jimbot_stream.play.leash COMMAND [ARGUMENT ...]")
    put_on()
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
