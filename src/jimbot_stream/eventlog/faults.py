"""Death at a named point, for the tests that prove what survives it.

``JIMBOT_FAULT=point:n`` kills the process with SIGKILL when it passes the point for
the n-th time. Read here and not with the settings: it is no setting, and a process
without the variable pays one comparison per point.
"""

import os
import signal
from typing import Literal

Point = Literal[
    "before-begin",
    "after-insert",
    "before-commit",
    "after-commit",
    "before-checkpoint",
    "after-checkpoint",
    "blob-written",
    "blob-renamed",
    "blob-dropped",
    "prune-recorded",
]

_point, _, _count = os.environ.get("JIMBOT_FAULT", "").partition(":")
_left = int(_count or 1)


def pass_point(point: Point) -> None:
    """Die here if the environment says so."""
    global _left
    if point != _point:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
