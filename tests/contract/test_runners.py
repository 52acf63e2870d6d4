"""What runners promise, be they threads of this process or actors of a Ray cluster."""

from collections.abc import Iterator
from typing import Any

import psutil
import pytest
import ray

from jimbot_stream.agents.budget import MIB, Budget
from jimbot_stream.agents.checkpoint import Checkpoint, from_bytes, untrained
from jimbot_stream.agents.cluster import LOCAL, ClusterError
from jimbot_stream.agents.cluster import runners as acting
from jimbot_stream.agents.cluster.connecting import cluster
from jimbot_stream.agents.cluster.runners import ClusterRunners, Places
from jimbot_stream.agents.dqn.exploration import Exploring
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.runners import LocalRunners, Runners
from jimbot_stream.agents.rollouts.sampler import SnapshotError
from jimbot_stream.agents.rollouts.shares import Played, joined, joined_snapshot, samplers
from jimbot_stream.agents.rollouts.update import apply_rollouts

SEED = 3
FEW = RolloutConfig(games=6, steps=5, rounds=3, runners=2)
BUDGET = Budget(object_store=96 * MIB, workers=4096 * MIB, checkpoints=MIB, buffer=MIB)
"""As little as Ray takes."""


@pytest.fixture(scope="module")
def read() -> Checkpoint:
    return from_bytes(untrained(7))


@pytest.fixture(scope="module")
def begun() -> bytes:
    return joined_snapshot([share.snapshot() for share in samplers(FEW, SEED)])


@pytest.fixture(scope="module")
def acted() -> Iterator[ClusterRunners]:
    """Actors for all tests, for they take seconds to begin."""
    with cluster(LOCAL, FEW, BUDGET, places=Places(cpus=0.5)) as workplace:
        made = workplace.runners(FEW, SEED)
        assert isinstance(made, ClusterRunners)
        yield made


@pytest.fixture(params=["threads", "cluster"])
def runners(request: pytest.FixtureRequest, begun: bytes) -> Runners:
    if request.param == "threads":
        return LocalRunners(FEW, SEED)
    acted: ClusterRunners = request.getfixturevalue("acted")
    acted.restore(begun)
    return acted


def same(one: Chunk, two: Chunk) -> bool:
    return all(
        getattr(one, name).tobytes() == getattr(two, name).tobytes() for name in one.__slots__
    )


def test_a_round_is_what_the_shares_play(runners: Runners, read: Checkpoint) -> None:
    network = CandidateNetwork(read.shape, read.module).eval()
    shares = samplers(FEW, SEED)
    for _ in range(2):
        with one_thread():
            expected = joined([Played(share.sample(network)) for share in shares])
        played = runners.play(read.shape, read.module).result()
        assert same(played.chunk, expected.chunk)
        assert played.seen is None
    assert runners.snapshot() == joined_snapshot([share.snapshot() for share in shares])


def test_they_play_in_the_way_they_are_told(runners: Runners, read: Checkpoint) -> None:
    network = CandidateNetwork(read.shape, read.module).eval()
    ways = [Exploring(0.5).choosing(SEED, share) for share in range(FEW.runners)]
    shares = zip(samplers(FEW, SEED), ways, strict=True)
    with one_thread():
        expected = joined([Played(share.sample(network, way), way.seen) for share, way in shares])
    played = runners.play(read.shape, read.module, Exploring(0.5)).result()
    assert same(played.chunk, expected.chunk)
    assert played.seen is not None
    assert expected.seen is not None
    assert played.seen.tobytes() == expected.seen.tobytes()


def test_they_go_on_where_others_stood(runners: Runners, read: Checkpoint, begun: bytes) -> None:
    assert runners.snapshot() == begun
    runners.play(read.shape, read.module).result()
    stood = runners.snapshot()
    following = runners.play(read.shape, read.module).result().chunk
    runners.restore(stood)
    assert runners.snapshot() == stood
    assert same(runners.play(read.shape, read.module).result().chunk, following)


def test_a_round_under_way_is_waited_for(runners: Runners, read: Checkpoint) -> None:
    before = runners.snapshot()
    runners.play(read.shape, read.module)
    assert runners.snapshot() != before


def test_snapshots_of_other_games_are_refused(runners: Runners, begun: bytes) -> None:
    other = joined_snapshot([share.snapshot() for share in samplers(FEW, SEED + 1)])
    for spoilt in (b"", begun[:-1], other):
        with pytest.raises(SnapshotError):
            runners.restore(spoilt)


def test_updates_do_not_depend_on_who_plays(runners: Runners) -> None:
    config = TrainConfig(FEW, UpdateConfig(epochs=1, minibatch=16))
    here = LocalRunners(FEW, SEED)
    expected = apply_rollouts(untrained(7), here, config, 5)
    update = apply_rollouts(untrained(7), runners, config, 5)
    assert update.checkpoint == expected.checkpoint
    assert update.metrics == expected.metrics
    assert runners.snapshot() == here.snapshot()


def test_an_actor_that_is_lost_is_replaced(
    acted: ClusterRunners, read: Checkpoint, begun: bytes
) -> None:
    acted.restore(begun)
    expected = acted.play(read.shape, read.module).result().chunk
    stood = acted.snapshot()
    assert acted.held() > 0
    acted.restore(begun)
    ray.kill(acted._actors[1])
    assert same(acted.play(read.shape, read.module).result().chunk, expected)
    assert acted.snapshot() == stood


def test_a_machine_of_another_class_is_refused(
    acted: ClusterRunners, read: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    acted.play(read.shape, read.module).result()
    monkeypatch.setattr(acting, "environment", lambda: {"compute_class": "another"})
    with pytest.raises(ClusterError, match=r"has compute_class .*the learner's has another"):
        acting.refuse_other(acted._actors[0], Places())


def test_an_actor_without_a_place_is_told(acted: ClusterRunners) -> None:
    greedy = Places(cpus=64, patience_s=0.2)
    actor = greedy.begin(acted._told, 0)
    with pytest.raises(ClusterError, match=r"no place .* it needs 64 CPU and 0 MiB; free are"):
        acting.refuse_other(actor, greedy)
    ray.kill(actor)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CPU", "2 samplers need 2 of CPU, the cluster has 0"),
        ("memory", "MiB of memory, the cluster has 0 MiB"),
        ("object_store_memory", "MiB of object_store_memory, the cluster has 0 MiB"),
    ],
)
def test_a_cluster_that_is_too_small_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    there = {"CPU": 64.0, "memory": 1e12, "object_store_memory": 1e12, name: 0.0}
    ended: list[None] = []
    monkeypatch.setattr(ray, "init", lambda **told: None)
    monkeypatch.setattr(ray, "shutdown", lambda: ended.append(None))
    monkeypatch.setattr(ray, "cluster_resources", lambda: there)
    with pytest.raises(ClusterError, match=text), cluster("auto", FEW, BUDGET):
        pass
    assert ended


def test_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**told: Any) -> None:
        raise ConnectionError(f"nobody at {told['address']}")

    monkeypatch.setattr(ray, "init", refuse)
    monkeypatch.setattr(ray, "shutdown", lambda: None)
    with (
        pytest.raises(ClusterError, match=r"no Ray cluster at auto: nobody .*ray start --head"),
        cluster("auto", FEW, BUDGET),
    ):
        pass


def test_a_cluster_begun_here_is_heard_on_loopback_alone(
    acted: ClusterRunners, read: Checkpoint
) -> None:
    acted.play(read.shape, read.module).result()  # its actors are there
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    heard = {
        told.laddr.ip
        for process in family
        for told in process.net_connections(kind="tcp")
        if told.status == psutil.CONN_LISTEN
    }
    assert heard
    assert heard <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
