"""The layers as torch sees them: functions with gradients, on a processor by loops.

Elsewhere, and where numba compiles nothing, torch's own operations compute them.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from jimbot_stream.agents.scoring import loops
from jimbot_stream.agents.scoring.compiling import COMPILES
from jimbot_stream.agents.scoring.vectors import WIDTH


def linear(layer: nn.Linear, inputs: Tensor) -> Tensor:
    """What the layer gives for inputs that are mostly zero, and of which no slopes are asked."""
    # [B, K] -> [B, H]
    if not _in_loops(inputs):
        return layer(inputs)  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped
    found: Tensor = _Linear.apply(inputs, layer.weight, layer.bias)  # type: ignore[no-untyped-call]  # torch
    return found


def scores(
    context: Tensor,
    rows: Tensor,
    owners: Tensor,
    candidate: nn.Linear,
    mixed: nn.Linear,
    score: nn.Linear,
) -> Tensor:
    """Scores of candidates that are mostly zero, each in the context of its owner.

    score(relu(mixed(relu(candidate(row) + context))))
    """
    # context: [B, H], rows: [R, F], owners: [R] -> [R]
    if not _in_loops(rows):
        hidden = torch.relu(candidate(rows) + context.index_select(0, owners))
        return score(torch.relu(mixed(hidden))).squeeze(-1)  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped
    weights = (candidate.weight, mixed.weight, mixed.bias, score.weight, score.bias)
    found: Tensor = _Scores.apply(context + candidate.bias, rows, owners, *weights)  # type: ignore[no-untyped-call]  # torch
    return found


def _in_loops(inputs: Tensor) -> bool:
    return COMPILES and inputs.device.type == "cpu" and inputs.dtype == torch.float32


class _Linear(torch.autograd.Function):
    """inputs[B, K], weight[H, K], bias[H] -> [B, H]; no slopes of the inputs."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(inputs)
        ctx.width = len(bias)
        table, shift = _by_input(weight), _padded(bias)
        out = torch.empty((len(inputs), len(shift)))
        loops.linear(*_arrays(inputs, table, shift, out))
        return out[:, : len(bias)]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor | None, ...]:
        (inputs,) = ctx.saved_tensors
        given = _padded(slopes)
        table = torch.zeros((inputs.shape[1], given.shape[1]))
        bias = torch.zeros(given.shape[1])
        loops.linear_slopes(*_arrays(inputs, given, table, bias))
        return None, table[:, : ctx.width].t().contiguous(), bias[: ctx.width]


class _Scores(torch.autograd.Function):
    """context[B, H], rows[R, F], owners[R] and weights -> [R]; no slopes of the rows."""

    @staticmethod
    def forward(
        ctx: Any, context: Tensor, rows: Tensor, owners: Tensor, *weights: Tensor
    ) -> Tensor:
        candidate, mixed, mixed_bias, head, head_bias = weights
        told, shift = _padded(context), _padded(mixed_bias)
        kept = len(rows) if any(ctx.needs_input_grad) else 1
        hidden = [torch.empty((kept, told.shape[1])) for _ in range(2)]
        out = torch.empty(len(rows))
        loops.scores(
            *_arrays(told, rows, owners, _by_input(candidate), _padded(_by_input(mixed), 0)),
            *_arrays(shift, _padded(head)[0], head_bias, *hidden, out),
        )
        ctx.save_for_backward(rows, owners, mixed, head, *hidden)
        ctx.shape = context.shape
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor | None, ...]:
        rows, owners, mixed, head, first, second = ctx.saved_tensors
        (states, width), padded = ctx.shape, first.shape[1]
        shapes = ((states, padded), (rows.shape[1], padded), (padded, padded), (padded,), (padded,))
        context, candidate, middle, shift, last = (torch.zeros(shape) for shape in shapes)
        loops.scores_slopes(
            *_arrays(slopes, rows, owners, _padded(_padded(mixed), 0), _padded(head)[0]),
            *_arrays(first, second, context, candidate, middle, shift, last),
        )
        return (
            context[:, :width],
            None,
            None,
            candidate[:, :width].t().contiguous(),
            middle[:width, :width].t().contiguous(),
            shift[:width],
            last[:width].unsqueeze(0),
            slopes.sum().unsqueeze(0),
        )


def _arrays(*tensors: Tensor) -> Iterator[Any]:
    """What the loops read and write; a tensor that they write has no gaps, so it is no copy."""
    for tensor in tensors:
        yield tensor.detach().contiguous().numpy()


def _padded(tensor: Tensor, dimension: int = -1) -> Tensor:
    """With zeros behind it up to a multiple of ``WIDTH``; they have no say in anything."""
    missing = -tensor.shape[dimension] % WIDTH
    if not missing:
        return tensor
    shape = list(tensor.shape)
    shape[dimension] = missing
    return torch.cat((tensor, tensor.new_zeros(shape)), dimension)


def _by_input(weight: Tensor) -> Tensor:
    """A layer's weight [H, K] as a table [K, H], its rows padded."""
    outputs, inputs = weight.shape
    table = torch.zeros((inputs, outputs - outputs % -WIDTH))
    loops.turned(*_arrays(weight, table))
    return table
