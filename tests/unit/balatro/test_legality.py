"""The mask and the rules agree: what is legal is accepted, all else is refused untouched."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.balatro import actions, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError, Run, new_run, seed_of

played = st.tuples(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), max_size=25))


def walk(game: int, choices: list[int]) -> Run:
    """A run after some legal actions."""
    run = new_run(seed_of(1, game))
    for choice in choices:
        legal = run.legal().nonzero()[0]
        if len(legal) == 0:
            break
        run.step_index(int(legal[choice % len(legal)]))
    return run


def accepts(run: Run, action: int) -> bool:
    """Whether a copy of the run takes the action; one that does not must be untouched."""
    twin = Run.restore(run.snapshot())
    try:
        twin.step(action)
    except IllegalActionError:
        assert twin.snapshot() == run.snapshot()
        return False
    assert twin.snapshot() != run.snapshot()
    return True


@settings(max_examples=25, deadline=None)
@given(played)
def test_an_index_is_legal_exactly_when_the_step_accepts_it(game: tuple[int, list[int]]) -> None:
    run = walk(*game)
    told = run.legal()
    assert [accepts(run, actions.canonical(index)) for index in range(actions.A)] == told.tolist()


@settings(max_examples=25, deadline=None)
@given(played)
def test_the_visible_state_tells_the_same_mask(game: tuple[int, list[int]]) -> None:
    run = walk(*game)
    told = wire.mask(wire.legal_messages(wire.state_message(run)))
    assert told.tolist() == run.legal().tolist()


@settings(max_examples=300, deadline=None)
@given(played, st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2**44))
def test_any_number_is_accepted_or_refused_untouched(
    game: tuple[int, list[int]], action: int
) -> None:
    run = walk(*game)
    if accepts(run, action):
        verb, cards, source, target = actions.unpack(action)
        assert run.legal()[actions.index_of(verb, cards)]
        assert source == target == 0


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (actions.pack(99), "verb 99.*do not know the verb"),
        (actions.pack(Verb.SKIP_BLIND), "SKIP_BLIND.*do not know the verb"),
        (actions.pack(Verb.CASH_OUT), "CASH_OUT.*SELECTING_HAND: not in this phase"),
        (actions.pack(Verb.PLAY), "names no card"),
        (actions.pack(Verb.PLAY, range(6)), "more than 5 cards"),
        (actions.pack(Verb.PLAY, [8]), "not in the hand"),
        (actions.pack(Verb.DISCARD, [0], source=1), "slot 1.*does not take"),
        (actions.pack(Verb.PLAY, [0], target=1), "target 1.*does not take"),
        (-5, "do not know the verb"),
        (1 << 70, "do not know the verb"),
    ],
)
def test_a_refusal_names_action_phase_and_reason(action: int, reason: str) -> None:
    run = new_run("A")
    run.step(actions.pack(Verb.SELECT_BLIND))
    with pytest.raises(IllegalActionError, match=reason):
        run.step(action)


def test_cards_on_a_bare_verb_are_refused() -> None:
    with pytest.raises(IllegalActionError, match="does not take"):
        new_run("A").step(actions.pack(Verb.SELECT_BLIND, [0]))


def test_no_hands_left_is_told() -> None:
    run = new_run("A")
    run.step(actions.pack(Verb.SELECT_BLIND))
    run.state["hands_left"] = 0
    with pytest.raises(IllegalActionError, match="no hands are left"):
        run.step(actions.pack(Verb.PLAY, [0]))


def test_the_codec_and_the_canonical_form_map_one_to_one() -> None:
    packed = [actions.canonical(index) for index in range(actions.A)]
    assert len(set(packed)) == actions.A == 440
    for index, action in enumerate(packed):
        verb, cards, source, target = actions.unpack(action)
        assert (source, target) == (0, 0)
        assert actions.index_of(verb, cards) == index
        assert actions.action_at(index) == (verb, cards)


def test_the_codec_keeps_its_documented_order() -> None:
    assert actions.SUBSETS[:10] == (*((n,) for n in range(8)), (0, 1), (0, 2))
    assert [len(cards) for cards in actions.SUBSETS] == [1] * 8 + [2] * 28 + [3] * 56 + [4] * 70 + [
        5
    ] * 56
    assert set(actions.SUBSETS) == {c for n in range(1, 6) for c in combinations(range(8), n)}
    assert actions.index_of(Verb.PLAY, (7, 6, 5, 4, 3)) == 217
    assert actions.index_of(Verb.DISCARD, (0,)) == 218
    bare = (Verb.SELECT_BLIND, Verb.CASH_OUT, Verb.NEXT_ROUND, Verb.SKIP_BLIND)
    assert [actions.index_of(verb) for verb in bare] == [436, 437, 438, 439]


@pytest.mark.parametrize(
    ("verb", "cards"),
    [(Verb.PLAY, ()), (Verb.PLAY, (8,)), (Verb.CASH_OUT, (0,)), (7, ()), (Verb.DISCARD, (1, 1))],
)
def test_what_the_codec_lacks_is_refused(verb: int, cards: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="codec 1 has no verb"):
        actions.index_of(verb, cards)


@pytest.mark.parametrize("index", [-1, 440])
def test_indices_outside_the_codec_are_refused(index: int) -> None:
    with pytest.raises(ValueError, match=r"not in 0\.\.439"):
        actions.action_at(index)


@pytest.mark.parametrize("cards", [[24], [-1], [3, 3]])
def test_positions_that_cannot_be_packed_are_refused(cards: list[int]) -> None:
    with pytest.raises(ValueError, match="card position"):
        actions.pack(Verb.PLAY, cards)


@pytest.mark.parametrize(("verb", "source"), [(256, 0), (-1, 0), (1, 256)])
def test_numbers_too_large_for_the_canonical_form_are_refused(verb: int, source: int) -> None:
    with pytest.raises(ValueError, match=r"not in 0\.\.255"):
        actions.pack(verb, source=source)
