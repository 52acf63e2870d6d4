from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.streams.numbering import Count, SourceNumbers


def count(records: list[tuple[int, int]]) -> tuple[SourceNumbers, Count]:
    numbers, total = SourceNumbers(), Count()
    for first, size in records:
        numbers, told = SourceNumbers.from_row(numbers.to_row()).take(0, first, size)
        total = Count(
            total.duplicates + told.duplicates,
            total.gaps + told.gaps,
            total.repaired + told.repaired,
        )
    return numbers, total


def test_records_in_order_count_nothing() -> None:
    assert count([(0, 3), (3, 1), (4, 10)])[1] == Count()


def test_a_record_that_comes_twice_is_counted_as_duplicates() -> None:
    assert count([(0, 3), (0, 3)])[1] == Count(duplicates=3)


def test_a_record_that_overlaps_counts_what_was_seen_before() -> None:
    numbers, total = count([(0, 3), (1, 4)])
    assert numbers.expected == 5
    assert total == Count(duplicates=2)


def test_a_number_left_out_is_a_gap_until_it_comes() -> None:
    assert count([(0, 3), (5, 2)])[1] == Count(gaps=2)
    assert count([(0, 3), (5, 2), (3, 2)])[1] == Count(gaps=2, repaired=2)


def test_an_older_incarnation_is_a_duplicate_and_a_newer_one_starts_from_0() -> None:
    numbers, _ = SourceNumbers().take(2, 0, 5)
    assert numbers.take(1, 5, 4) == (numbers, Count(duplicates=4))
    newer, told = numbers.take(3, 0, 1)
    assert (newer.epoch, newer.expected, told) == (3, 1, Count())


@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=6))
def test_whatever_the_order_everything_is_accounted_for(
    order: list[int], repeated: list[int]
) -> None:
    numbers, total = count([(n, 1) for n in (*order, *repeated)])
    assert numbers.expected == 12
    assert numbers.holes == ()
    assert total.gaps == total.repaired
    assert total.duplicates == len(repeated)
