"""To a Ray cluster and away from it again: one that runs already, or one of this process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

import ray
import torch
from ray._private import ray_constants

from jimbot_stream.agents.budget import MIB, Budget, handed_over, sampler
from jimbot_stream.agents.cluster import LOCAL, ClusterError
from jimbot_stream.agents.cluster.runners import ClusterRunners, Places
from jimbot_stream.agents.devices import CPU
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.runners import Workplace


@contextmanager
def cluster(
    address: str,
    rollout: RolloutConfig,
    budget: Budget,
    device: torch.device = CPU,
    places: Places | None = None,
) -> Iterator[Workplace]:
    """A workplace whose runners are actors of the cluster at an address.

    ``auto`` is the cluster to which this machine belongs, ``local`` one that is begun for the
    purpose with as many CPUs as there are runners, and an object store as large as its budget. The
    latter is on this machine's loopback and nobody else can reach it.

    Raises:
        ClusterError: there is no such cluster, or it is too small.
    """
    places = places or Places(memory=sampler(rollout))
    with _on_loopback() if address == LOCAL else nullcontext():
        _connect(address, rollout, budget)
        try:
            _refuse_too_small(rollout, places)
            yield Workplace(device, partial(ClusterRunners, places=places), budget)
        finally:
            ray.shutdown()


@contextmanager
def _on_loopback() -> Iterator[None]:
    """Inside, a cluster that is begun listens on 127.0.0.1 alone.

    Ray takes the address by which other machines reach this one, and replaces a 127.0.0.1 given to
    ``ray.init`` by it, unless it is told that there are no other machines: by the environment
    variable ``RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER=0``, which it reads into this constant while it is
    imported, long before it is known which cluster is wanted.
    """
    before = ray_constants.ENABLE_RAY_CLUSTER
    ray_constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        ray_constants.ENABLE_RAY_CLUSTER = before


def _connect(address: str, rollout: RolloutConfig, budget: Budget) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a training run calls nobody
    quiet = {"log_to_driver": False, "logging_level": "error"}
    try:
        if address == LOCAL:
            ray.init(
                num_cpus=rollout.runners,
                num_gpus=0,  # the learner's, which is no actor
                object_store_memory=budget.object_store,
                include_dashboard=False,
                **quiet,
            )
        else:
            ray.init(address=address, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        why = str(error).rstrip(".")
        raise ClusterError(
            f"no Ray cluster at {address}: {why}. Begin one with `ray start --head`, join other"
            " machines with `ray start --address=HOST:6379`; a cluster that asks for a token wants"
            " RAY_AUTH_MODE=token where it was not found by auto. Without --address all is played"
            " in this process"
        ) from error


def _refuse_too_small(rollout: RolloutConfig, places: Places) -> None:
    """Make sure that all runners can be there at once, and their rounds be handed over.

    Raises:
        ClusterError: one of them cannot.
    """
    there: dict[str, float] = ray.cluster_resources()
    wanted = {
        "CPU": rollout.runners * places.cpus,
        "memory": float(rollout.runners * places.memory),
        "object_store_memory": float(handed_over(rollout)),
    }
    for name, amount in wanted.items():
        if there.get(name, 0.0) < amount:
            unit = (1, "") if name == "CPU" else (MIB, " MiB")
            raise ClusterError(
                f"{rollout.runners} samplers need {amount / unit[0]:,.0f}{unit[1]} of {name}, the"
                f" cluster has {there.get(name, 0.0) / unit[0]:,.0f}{unit[1]}: add machines to it,"
                " or begin a run of a profile with fewer runners"
            )
