"""The layers as loops over rows, and their gradients; widths are multiples of ``WIDTH``.

Tables stand with a row for each input, so that what an input is not zero for is one row.
"""

import numpy as np

from jimbot_stream.agents.scoring.compiling import jit
from jimbot_stream.agents.scoring.vectors import (
    WIDTH,
    Numbers,
    Places,
    add_outer_product,
    add_sum_of_rows,
)

_NONE = np.float32(0)
_LINE = 16
"""Numbers of a cache line."""


@jit
def nonzero(numbers: Numbers, places: Places) -> int:
    """Write which numbers are not zero; how many. places[K] must have room for all."""
    found = 0
    for place in range(len(numbers)):
        places[found] = place
        found += numbers[place] != _NONE
    return found


@jit
def _add(total: Numbers, numbers: Numbers, places: Places, found: int, table: Numbers) -> None:
    for column in range(0, len(total), WIDTH):
        add_sum_of_rows(total, numbers, places, found, table, column)


@jit
def _spread(row: Numbers, numbers: Numbers, places: Places, found: int, table: Numbers) -> None:
    for column in range(0, len(row), WIDTH):
        add_outer_product(row, numbers, places, found, table, column)


@jit
def turned(weight: Numbers, table: Numbers) -> None:
    """table[K, :H] = weight[H, K] transposed, a line of the cache at a time."""
    outputs, inputs = weight.shape
    for begin in range(0, inputs, _LINE):
        for output in range(outputs):
            for place in range(begin, min(begin + _LINE, inputs)):
                table[place, output] = weight[output, place]


@jit
def linear(inputs: Numbers, table: Numbers, bias: Numbers, out: Numbers) -> None:
    """out[B, H] = inputs[B, K] @ table[K, H] + bias[H]."""
    places = np.empty(inputs.shape[1], np.int64)
    for index in range(len(inputs)):
        out[index] = bias
        found = nonzero(inputs[index], places)
        _add(out[index], inputs[index], places, found, table)


@jit
def linear_slopes(inputs: Numbers, slopes: Numbers, table: Numbers, bias: Numbers) -> None:
    """Add the slopes of table[K, H] and bias[H], of those of what came out[B, H]."""
    places = np.empty(inputs.shape[1], np.int64)
    for index in range(len(inputs)):
        bias += slopes[index]
        found = nonzero(inputs[index], places)
        _spread(slopes[index], inputs[index], places, found, table)


@jit
def _weighed(numbers: Numbers, weights: Numbers, products: Numbers) -> float:
    """Sum of products, by halves: in an order that vectors can follow."""
    size = len(numbers)
    for index in range(size):
        products[index] = numbers[index] * weights[index]
    while size > 1:
        odd = size % 2
        size //= 2
        for index in range(size):
            products[index] += products[index + size]
        if odd:
            products[0] += products[2 * size]
    return float(products[0])


@jit
def _cut(numbers: Numbers) -> None:
    """ReLU; what is not a number stays so, that it is noticed."""
    for place in range(len(numbers)):
        numbers[place] = _NONE if numbers[place] <= _NONE else numbers[place]


@jit
def scores(
    context: Numbers,
    rows: Numbers,
    owners: Places,
    candidate: Numbers,
    mixed: Numbers,
    mixed_bias: Numbers,
    head: Numbers,
    head_bias: Numbers,
    first: Numbers,
    second: Numbers,
    out: Numbers,
) -> None:
    """Scores out[R] of rows[R, F], each in the context[B, H] of its owner.

    The context has the bias of the candidates' layer in it. first and second are what the
    hidden layers give: [R, H] to keep it, [1, H] to let it go.
    """
    places = np.empty(max(rows.shape[1], context.shape[1]), np.int64)
    products = np.empty(context.shape[1], np.float32)
    keeps = int(len(first) == len(rows))
    for index in range(len(rows)):
        one, two = first[index * keeps], second[index * keeps]
        one[:] = context[owners[index]]
        _add(one, rows[index], places, nonzero(rows[index], places), candidate)
        _cut(one)
        two[:] = mixed_bias
        _add(two, one, places, nonzero(one, places), mixed)
        _cut(two)
        out[index] = _weighed(two, head, products) + head_bias[0]


@jit
def scores_slopes(
    slopes: Numbers,
    rows: Numbers,
    owners: Places,
    mixed_of_outputs: Numbers,
    head: Numbers,
    first: Numbers,
    second: Numbers,
    context: Numbers,
    candidate: Numbers,
    mixed: Numbers,
    mixed_bias: Numbers,
    head_slopes: Numbers,
) -> None:
    """Add the slopes of the five last, of slopes[R] of the scores; mixed as ``scores`` has it.

    mixed_of_outputs[H, H] has a row for each output of that layer.
    """
    width = context.shape[1]
    places = np.empty(max(rows.shape[1], width), np.int64)
    below, above = np.empty(width, np.float32), np.empty(width, np.float32)
    for index in range(len(rows)):
        slope, one, two = slopes[index], first[index], second[index]
        for place in range(width):
            head_slopes[place] += slope * two[place]
            above[place] = _NONE if two[place] <= _NONE else slope * head[place]
            mixed_bias[place] += above[place]
            below[place] = _NONE
        _spread(above, one, places, nonzero(one, places), mixed)
        _add(below, above, places, nonzero(above, places), mixed_of_outputs)
        own = context[owners[index]]
        for place in range(width):
            below[place] = _NONE if one[place] <= _NONE else below[place]
            own[place] += below[place]
        _spread(below, rows[index], places, nonzero(rows[index], places), candidate)
