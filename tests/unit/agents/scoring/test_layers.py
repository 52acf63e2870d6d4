"""The loops give what torch's own operations give, and each row by itself."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from jimbot_stream.agents.scoring import linear, scores
from jimbot_stream.agents.scoring.compiling import COMPILES

FEATURES, CANDIDATE = 30, 19
needs_loops = pytest.mark.skipif(not COMPILES, reason="NUMBA_DISABLE_JIT=1 leaves it to torch")


class Net(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        torch.manual_seed(hidden)
        self.context = nn.Linear(FEATURES, hidden)
        self.candidate = nn.Linear(CANDIDATE, hidden)
        self.mixed = nn.Linear(hidden, hidden)
        self.score = nn.Linear(hidden, 1)

    def in_loops(self, features: Tensor, rows: Tensor, owners: Tensor) -> Tensor:
        context = linear(self.context, features)
        return scores(context, rows, owners, self.candidate, self.mixed, self.score)

    def in_torch(self, features: Tensor, rows: Tensor, owners: Tensor) -> Tensor:
        hidden = torch.relu(self.candidate(rows) + self.context(features)[owners])
        return torch.as_tensor(self.score(torch.relu(self.mixed(hidden)))).squeeze(-1)


def sparse(rows: int, columns: int, seed: int, share: float = 0.3) -> Tensor:
    drawn = np.random.default_rng(seed)
    kept = drawn.random((rows, columns)) < share
    return torch.tensor(drawn.standard_normal((rows, columns)) * kept, dtype=torch.float32)


def games(counts: list[int], seed: int, share: float = 0.3) -> tuple[Tensor, Tensor, Tensor]:
    """features[B, K], rows[R, F], owners[R] of states with so many candidates."""
    owners = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    shown = sparse(len(counts), FEATURES, seed, share)
    return shown, sparse(len(owners), CANDIDATE, seed + 1, share), owners


@given(
    hidden=st.sampled_from([1, 8, 63, 64, 65, 128]),
    counts=st.lists(st.integers(0, 5), min_size=1, max_size=6),
    seed=st.integers(0, 1000),
    share=st.sampled_from([0.0, 0.3, 1.0]),
)
@settings(max_examples=40, deadline=None)
def test_scores_and_gradients_are_those_of_torch(
    hidden: int, counts: list[int], seed: int, share: float
) -> None:
    net = Net(hidden)
    told = games(counts, seed, share)
    weights = torch.linspace(-1, 1, len(told[1]))
    ours, theirs = net.in_loops(*told), net.in_torch(*told)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    slopes = [
        torch.autograd.grad((found * weights).sum(), list(net.parameters()))
        for found in (ours, theirs)
    ]
    for (name, _), one, other in zip(net.named_parameters(), *slopes, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5, msg=name)


@needs_loops
def test_a_row_scores_the_same_among_many_and_alone() -> None:
    net = Net(64)
    features, rows, owners = games([5, 0, 7, 3], 4)
    together = net.in_loops(features, rows, owners)
    for place, owner in enumerate(owners.tolist()):
        alone = features[owner : owner + 1], rows[place : place + 1], torch.tensor([0])
        assert net.in_loops(*alone)[0].item() == together[place].item()


def test_without_gradients_it_scores_the_same() -> None:
    net = Net(64)
    told = games([4, 4], 9)
    with torch.inference_mode():
        frozen = net.in_loops(*told)
    assert frozen.tolist() == net.in_loops(*told).tolist()


@needs_loops
def test_what_is_not_finite_is_not_lost() -> None:
    net = Net(64)
    features, rows, owners = games([2, 2], 2, share=1.0)
    rows[1, 3] = torch.nan
    ours, theirs = net.in_loops(features, rows, owners), net.in_torch(features, rows, owners)
    assert torch.isfinite(ours).tolist() == torch.isfinite(theirs).tolist() == [1, 0, 1, 1]
