"""Rounds of play by actors of a Ray cluster; the learner stays in the process that began them."""

import os
from typing import Final

LOCAL: Final = "local"
"""The address of a cluster that a process begins, and ends with itself."""


class ClusterError(RuntimeError):
    """The cluster cannot play the games; the message says what to do."""


def prepare_to_fork() -> None:
    """Keep gRPC out of the processes that Ray forks, if it is called before any channel is opened.

    The log's client has threads that call into gRPC while Ray forks to begin its servers; gRPC's
    handlers then run in the fork with half of its state, and at times abort it before it becomes
    a server. Nothing that is forked here uses gRPC before it does.
    """
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
