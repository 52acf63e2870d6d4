"""Equal classes of machine promise equal bits."""

import os
import subprocess
import sys

import numpy as np
import pytest

from jimbot_stream.agents.machine import compute_class, environment

VECTORS = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
"""Instruction sets that numpy found here."""

PROBE = """
import hashlib
from jimbot_stream.agents.checkpoint import untrained
from jimbot_stream.agents.machine import compute_class
from jimbot_stream.agents.policy import load_for_reading
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.balatro.wire import state_message
from jimbot_stream.contracts import DecisionMode
from jimbot_stream.decision.decide import decide
from jimbot_stream.decision.record import observe
from jimbot_stream.decision.sampling import DecisionSeed

run, policy = new_run("CLASS1", win_ante=1), load_for_reading(untrained(1))
digest, number = hashlib.sha256(), 0
while not run.over:
    seed = DecisionSeed(1, "game", number)
    mode = DecisionMode.DECISION_MODE_SAMPLE
    decision = decide(observe(state_message(run)), policy, seed, mode)
    digest.update(repr((decision.logits_digest, decision.value, decision.log_prob)).encode())
    run.step(decision.action)
    number += 1
print(compute_class(), digest.hexdigest())
"""


def played(**settings: str) -> tuple[str, str]:
    """Class of machine and bits of a game's decisions, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    name, _, digest = done.stdout.strip().rpartition(" ")
    return name, digest


@pytest.fixture(scope="module")
def here() -> tuple[str, str]:
    return played()


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
        {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "5", "MKL_NUM_THREADS": "3"},
    ],
    ids=str,
)
def test_hash_seed_and_threads_change_no_bit(
    here: tuple[str, str], settings: dict[str, str]
) -> None:
    assert played(**settings) == here


@pytest.mark.parametrize(
    "settings",
    [
        {"MKL_CBWR": "COMPATIBLE"},
        {"ATEN_CPU_CAPABILITY": "default"},
        {"NPY_DISABLE_CPU_FEATURES": " ".join(VECTORS)},
        {"NUMBA_DISABLE_JIT": "1"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_a_setting_that_changes_bits_changes_the_class(
    here: tuple[str, str], settings: dict[str, str]
) -> None:
    name, digest = played(**settings)

    assert digest == here[1] or name != here[0]


def test_the_class_is_the_same_each_time_and_part_of_the_environment(
    here: tuple[str, str],
) -> None:
    assert compute_class() == here[0] == environment()["compute_class"]
