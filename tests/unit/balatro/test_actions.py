"""The canonical form: what fits, what is told apart."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.contracts.v1.game_pb2 import ActionVerb


def test_verbs_are_those_of_the_contract() -> None:
    told = {name.removeprefix("ACTION_VERB_"): number for name, number in ActionVerb.items()}
    assert told.pop("UNSPECIFIED") == 0
    assert told == {verb.name: int(verb) for verb in Verb}
    assert actions.VERBS == 20


@given(
    st.sampled_from(Verb),
    st.sets(st.integers(0, 23)),
    st.integers(0, 255),
    st.integers(0, 255),
)
def test_what_is_packed_is_unpacked(verb: Verb, cards: set[int], source: int, target: int) -> None:
    action = actions.pack(verb, cards, source, target)
    assert actions.unpack(action) == (verb, tuple(sorted(cards)), source, target)


def test_subsets_keep_their_documented_order() -> None:
    assert actions.SUBSETS[:10] == (*((n,) for n in range(8)), (0, 1), (0, 2))
    assert [len(cards) for cards in actions.SUBSETS] == [1] * 8 + [2] * 28 + [3] * 56 + [4] * 70 + [
        5
    ] * 56
    assert set(actions.SUBSETS) == {c for n in range(1, 6) for c in combinations(range(8), n)}
    assert actions.TARGET_CHOICES == 92
    assert all(len(cards) <= 3 for cards in actions.SUBSETS[:92])
    assert actions.SUBSET_MASKS[9] == 0b101
    assert actions.SUBSET_SIZES.sum() == sum(map(len, actions.SUBSETS))


@pytest.mark.parametrize("cards", [[24], [-1], [3, 3]])
def test_positions_that_cannot_be_packed_are_refused(cards: list[int]) -> None:
    with pytest.raises(ValueError, match="card position"):
        actions.pack(Verb.PLAY, cards)


@pytest.mark.parametrize(
    ("verb", "source", "target"), [(256, 0, 0), (-1, 0, 0), (1, 256, 0), (1, 0, -1)]
)
def test_numbers_too_large_for_the_canonical_form_are_refused(
    verb: int, source: int, target: int
) -> None:
    with pytest.raises(ValueError, match=r"not in 0\.\.255"):
        actions.pack(verb, source=source, target=target)
