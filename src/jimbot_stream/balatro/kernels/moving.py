"""Moving things within a row, and finding them by age."""

from typing import Any

from jimbot_stream.balatro.kernels import jit


@jit
def swap(a: Any, b: Any) -> None:
    """Exchange two items."""
    kind, edition, marks, perish = int(a.kind), int(a.edition), int(a.marks), int(a.perish)
    number, rank, suit, enhancement = int(a.id), int(a.rank), int(a.suit), int(a.enhancement)
    seal, counter, sell, birth = int(a.seal), int(a.counter), int(a.sell), int(a.birth)
    value = float(a.value)
    a.kind, a.edition, a.marks, a.perish = b.kind, b.edition, b.marks, b.perish
    a.id, a.rank, a.suit, a.enhancement = b.id, b.rank, b.suit, b.enhancement
    a.seal, a.counter, a.sell, a.birth = b.seal, b.counter, b.sell, b.birth
    a.value = b.value
    b.kind, b.edition, b.marks, b.perish = kind, edition, marks, perish
    b.id, b.rank, b.suit, b.enhancement = number, rank, suit, enhancement
    b.seal, b.counter, b.sell, b.birth = seal, counter, sell, birth
    b.value = value


@jit
def move(row: Any, source: int, target: int) -> None:
    """Move an item within its row; those between make way."""
    step = 1 if target > source else -1
    while source != target:
        swap(row[source], row[source + step])
        source += step


@jit
def move_card(s: Any, source: int, target: int) -> None:
    """Move a card within the hand."""
    step = 1 if target > source else -1
    card = int(s.hand[source])
    while source != target:
        s.hand[source] = s.hand[source + step]
        source += step
    s.hand[target] = card


@jit
def bits(mask: int) -> int:
    """How many bits are set."""
    count = 0
    while mask != 0:
        mask &= mask - 1
        count += 1
    return count


@jit
def without(mask: int, gone: int) -> int:
    """A mask over the positions that remain when those of another mask are gone."""
    kept = 0
    place = 0
    for position in range(24):
        if gone >> position & 1:
            continue
        kept |= (mask >> position & 1) << place
        place += 1
    return kept


@jit
def oldest_card(s: Any, among: int, place: int) -> int:
    """Position of the card in a place by age among the masked ones of the hand."""
    last = -1
    found = -1
    for _ in range(place + 1):
        found = -1
        for position in range(int(s.hand_count)):
            if among >> position & 1 and s.hand[position] > last:  # noqa: SIM102
                if found < 0 or s.hand[position] < s.hand[found]:
                    found = position
        last = int(s.hand[found])
    return found


@jit
def oldest(row: Any, count: int, among: int, place: int) -> int:
    """Slot of the item in a place by age among the masked ones of a row."""
    last = -1
    found = -1
    for _ in range(place + 1):
        found = -1
        for slot in range(count):
            if among >> slot & 1 and row[slot].birth > last:  # noqa: SIM102
                if found < 0 or row[slot].birth < row[found].birth:
                    found = slot
        last = int(row[found].birth)
    return found
