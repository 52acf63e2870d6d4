import pytest

from jimbot_stream.streams.tables import GatheringTable


class Partitioned:
    """A table of bytes by bytes over two partitions, seen from one of them or from none."""

    def __init__(self) -> None:
        self.here: int | None = 0
        self.below: dict[bytes, bytes] = {}
        self.table = GatheringTable(self.below, lambda: self.here)


@pytest.fixture
def rows() -> Partitioned:
    return Partitioned()


def test_a_change_is_seen_at_once_and_written_with_its_partition(rows: Partitioned) -> None:
    rows.table[b"g"] = b"1"
    assert (rows.table[b"g"], rows.below) == (b"1", {})
    rows.here = 1
    rows.table.write()
    assert rows.below == {}
    rows.here = 0
    rows.table.write()
    assert rows.below == {b"g": b"1"}


def test_a_record_does_not_see_what_gathers_for_another_partition(rows: Partitioned) -> None:
    rows.table[b"g"] = b"1"
    rows.here = 1
    assert b"g" not in rows.table


def test_a_page_sees_what_gathers_for_any_partition(rows: Partitioned) -> None:
    rows.table[b"g"] = b"1"
    rows.here = None
    assert rows.table[b"g"] == b"1"


def test_nothing_can_be_changed_outside_of_a_record(rows: Partitioned) -> None:
    rows.here = None
    with pytest.raises(RuntimeError, match="while a record is worked on"):
        rows.table[b"g"] = b"1"


def test_a_deleted_row_is_gone_before_and_after_it_is_written(rows: Partitioned) -> None:
    rows.below[b"g"] = b"1"
    del rows.table[b"g"]
    assert b"g" not in rows.table
    rows.table.write()
    assert rows.below == {}


def test_dropped_changes_are_never_written(rows: Partitioned) -> None:
    rows.table[b"g"] = b"1"
    rows.table.drop()
    rows.table.write()
    assert rows.below == {}
