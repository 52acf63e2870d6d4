"""Rounds of play by actors of a Ray cluster; the learner stays in the process that began them."""

from typing import Final

LOCAL: Final = "local"
"""The address of a cluster that a process begins, and ends with itself."""


class ClusterError(RuntimeError):
    """The cluster cannot play the games; the message says what to do."""
