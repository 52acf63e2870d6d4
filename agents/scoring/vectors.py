"""Two operations on rows of ``WIDTH`` numbers, written so that a row stays in registers.

Numba's own loops over a row load and store it with every number that is added. As one vector of
LLVM it is loaded once; how many registers of what size it takes is the processor's affair.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

WIDTH: Final = 64
"""Numbers of a vector."""

Numbers = NDArray[np.float32]
Places = NDArray[np.int64]
_Operation = Callable[[Numbers, Numbers, Places, int, Numbers, int], None]

_VECTOR: Final = ir.VectorType(ir.FloatType(), WIDTH)
_LANE: Final = ir.IntType(32)


def _sum_of_rows(
    typing: Any, total: Any, numbers: Any, places: Any, n: Any, table: Any, column: Any
) -> Any:
    """total[column:] += numbers[p] * table[p, column:], for the first n of the places p."""

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        where = _vector_at(builder, _data(context, builder, signature, given, 0), given[5])
        running = cgutils.alloca_once_value(builder, _load(builder, where))
        for number, at in _rows(context, builder, signature, given):
            added = _added(builder, number, _load(builder, at), builder.load(running))
            builder.store(added, running)
        _store(builder, builder.load(running), where)
        return context.get_dummy_value()

    return types.void(total, numbers, places, n, table, column), code


def _outer_product(
    typing: Any, row: Any, numbers: Any, places: Any, n: Any, table: Any, column: Any
) -> Any:
    """table[p, column:] += numbers[p] * row[column:], for the first n of the places p."""

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        row = _data(context, builder, signature, given, 0)
        kept = _load(builder, _vector_at(builder, row, given[5]))
        for number, at in _rows(context, builder, signature, given):
            _store(builder, _added(builder, number, kept, _load(builder, at)), at)
        return context.get_dummy_value()

    return types.void(row, numbers, places, n, table, column), code


add_sum_of_rows = cast(_Operation, intrinsic(_sum_of_rows))
"""add_sum_of_rows(total[H], numbers[K], places[K], n, table[K, H], column)."""
add_outer_product = cast(_Operation, intrinsic(_outer_product))
"""add_outer_product(row[H], numbers[K], places[K], n, table[K, H], column)."""


def _rows(context: Any, builder: Any, signature: Any, given: Any) -> Iterator[tuple[Any, Any]]:
    """In a loop over the places: the number there, in all lanes, and where the table's row is."""
    numbers, places = (_data(context, builder, signature, given, which) for which in (1, 2))
    table = context.make_array(signature.args[4])(context, builder, given[4])
    stride = cgutils.unpack_tuple(builder, table.shape)[1]
    with cgutils.for_range(builder, given[3]) as loop:
        place = builder.load(builder.gep(places, [loop.index]))
        number = builder.load(builder.gep(numbers, [place]))
        begin = builder.add(builder.mul(place, stride), given[5])
        yield _spread(builder, number), _vector_at(builder, table.data, begin)


def _data(context: Any, builder: Any, signature: Any, given: Any, which: int) -> Any:
    return context.make_array(signature.args[which])(context, builder, given[which]).data


def _vector_at(builder: Any, numbers: Any, index: Any) -> Any:
    return builder.bitcast(builder.gep(numbers, [index]), _VECTOR.as_pointer())


def _load(builder: Any, where: Any) -> Any:
    loaded = builder.load(where)
    loaded.align = 4  # numpy promises no more
    return loaded


def _store(builder: Any, vector: Any, where: Any) -> None:
    builder.store(vector, where).align = 4


def _spread(builder: Any, number: Any) -> Any:
    """A vector of equal numbers."""
    blank = ir.Constant(_VECTOR, ir.Undefined)
    first = builder.insert_element(blank, number, ir.Constant(_LANE, 0))
    lanes = ir.Constant(ir.VectorType(_LANE, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, blank, lanes)


def _added(builder: Any, one: Any, other: Any, to: Any) -> Any:
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    name = f"llvm.fmuladd.v{WIDTH}f32"
    return builder.call(
        cgutils.get_or_insert_function(builder.module, kind, name), [one, other, to]
    )
