from jimbot_stream.streams.acks import OrderedAcks


def test_a_record_is_acknowledged_only_after_all_before_it() -> None:
    acks, told = OrderedAcks[str](), list[str]()
    first = acks.begin("p", 1, lambda: told.append("first"))
    second = acks.begin("p", 1, lambda: told.append("second"))
    acks.finish(second)
    assert told == []
    acks.finish(first)
    assert told == ["first", "second"]
    assert len(acks) == 0


def test_partitions_do_not_wait_for_each_other() -> None:
    acks, told = OrderedAcks[str](), list[str]()
    acks.begin("p", 1, lambda: told.append("p"))
    acks.finish(acks.begin("q", 1, lambda: told.append("q")))
    assert told == ["q"]


def test_a_record_of_an_older_generation_is_never_acknowledged() -> None:
    acks, told = OrderedAcks[str](), list[str]()
    old = acks.begin("p", 1, lambda: told.append("old"))
    new = acks.begin("p", 2, lambda: told.append("new"))
    acks.finish(old)
    acks.finish(new)
    assert told == ["new"]


def test_a_newer_generation_on_one_partition_ends_the_lines_of_all() -> None:
    acks, told = OrderedAcks[str](), list[str]()
    old = acks.begin("p", 1, lambda: told.append("old"))
    acks.begin("q", 2, lambda: told.append("new"))
    acks.finish(old)
    assert told == []
    assert len(acks) == 1
