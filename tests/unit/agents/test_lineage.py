"""Which weights a run goes on with, as its events say one after another."""

from google.protobuf.message import Message

from jimbot_stream.agents.lineage import Lineage
from jimbot_stream.contracts import (
    EpisodeReference,
    EpisodeRejected,
    PopulationExploited,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)

BEGUN = RunStarted(checkpoint="c0")


def applied(number: int, *games: str) -> UpdateApplied:
    episodes = [EpisodeReference(game_id=game) for game in games]
    return UpdateApplied(update=number, checkpoint_out=f"c{number}", episodes=episodes)


def failed(number: int, stays: str, *games: str) -> UpdateRejected:
    episodes = [EpisodeReference(game_id=game) for game in games]
    return UpdateRejected(update=number, checkpoint=stays, episodes=episodes)


def turned_down(number: int, stays: str) -> UpdateRejected:
    return UpdateRejected(update=number, checkpoint=stays, rejected=f"c{number}")


def after(every: int, *messages: Message) -> Lineage:
    found = Lineage(every)
    for message in (BEGUN, *messages):
        found.take(message)
    return found


def test_without_a_gate_a_run_goes_on_from_its_newest_checkpoint() -> None:
    found = after(0, applied(1), applied(2))
    assert (found.newest, found.number, found.undecided) == ("c2", 2, False)


def test_a_checkpoint_is_accepted_once_the_next_update_begins_with_it() -> None:
    found = after(1, applied(1))
    assert (found.newest, found.incumbent, found.undecided) == ("c1", "c0", True)
    found.take(applied(2))
    assert (found.newest, found.incumbent, found.undecided) == ("c2", "c1", True)


def test_one_that_is_turned_down_leaves_the_one_before_and_takes_a_number() -> None:
    found = after(1, applied(1), applied(2), turned_down(2, "c1"))
    assert (found.newest, found.incumbent, found.number) == ("c1", "c1", 2)
    assert not found.undecided
    assert found.given_up == {"c2"}


def test_an_update_that_failed_takes_a_number_and_its_games() -> None:
    found = after(1, applied(1, "a"), failed(2, "c1", "b", "c"))
    assert (found.newest, found.incumbent, found.number) == ("c1", "c1", 2)
    assert not found.undecided
    assert found.learned == {"a", "b", "c"}


def test_only_what_the_gate_compares_becomes_an_incumbent() -> None:
    found = after(2, applied(1))
    assert not found.undecided
    found.take(applied(2))
    assert (found.incumbent, found.undecided) == ("c0", True)
    found.take(applied(3))
    assert (found.incumbent, found.undecided) == ("c2", False)


def test_a_failed_update_where_the_gate_is_due_lets_nothing_pass_uncompared() -> None:
    found = after(2, applied(1), failed(2, "c1"))
    assert not found.undecided
    for later in (applied(3), applied(4)):
        found.take(later)
        assert found.incumbent == "c0"
    assert found.undecided
    assert after(2, applied(1), failed(2, "c1"), failed(3, "c1")).incumbent == "c0"


def test_going_back_gives_up_everything_since() -> None:
    found = after(1, applied(1), applied(2), applied(3), turned_down(3, "c1"))
    assert (found.newest, found.given_up) == ("c1", {"c2", "c3"})
    found.take(applied(4))
    found.take(UpdateRejected(update=4, checkpoint="c2", rejected="c4"))
    assert (found.newest, found.given_up) == ("c2", {"c3", "c4"})


def test_a_game_left_out_does_not_come_back() -> None:
    left_out = EpisodeRejected(update=1, episode=EpisodeReference(game_id="a"))
    assert after(1, left_out, applied(1, "b")).learned == {"a", "b"}


def test_weights_of_another_member_count_as_accepted() -> None:
    found = after(1, applied(1), PopulationExploited(from_checkpoint="other"))
    assert (found.newest, found.incumbent, found.undecided) == ("other", "other", False)
    assert found.made["other"] == 1
