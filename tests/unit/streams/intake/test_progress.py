import pytest

from jimbot_stream.contracts import Action, ActionVerb, GameState, LegalAction, Phase
from jimbot_stream.streams.intake.progress import check_action_in, check_forwards, check_number
from jimbot_stream.streams.intake.rejection import Rejected


def _copy(state: GameState) -> GameState:
    copy = GameState()
    copy.CopyFrom(state)
    return copy


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("round", 3, 2),
        ("chips", 100.0, 50.0),
        ("hands_played", 2, 1),
        ("seed", "ABC", "XYZ"),
        ("phase", Phase.PHASE_GAME_OVER, Phase.PHASE_SHOP),
    ],
)
def test_a_state_that_lies_before_the_last_one_is_refused(
    playing: GameState, field: str, before: object, after: object
) -> None:
    previous, state = _copy(playing), _copy(playing)
    setattr(previous, field, before)
    setattr(state, field, after)
    with pytest.raises(Rejected) as caught:
        check_forwards(previous, state)
    assert (caught.value.reason, caught.value.field) == (
        "state_backwards",
        f"payload.state.{field}",
    )


def test_the_same_state_and_the_next_round_pass(playing: GameState) -> None:
    check_forwards(playing, playing)
    after = _copy(playing)
    playing.chips, playing.hands_played = 500, 3
    after.round += 1
    check_forwards(playing, after)


def test_scores_may_fall_between_rounds(playing: GameState) -> None:
    shop = _copy(playing)
    playing.chips = 500
    shop.phase = Phase.PHASE_SHOP
    check_forwards(playing, shop)


def test_the_ante_may_fall_for_a_voucher_does_that(playing: GameState) -> None:
    after = _copy(playing)
    after.ante -= 1
    check_forwards(playing, after)


def test_a_number_is_taken_once() -> None:
    assert check_number(None, "a", 3)
    assert not check_number("a", "a", 3)
    with pytest.raises(Rejected, match="sequence_conflict"):
        check_number("a", "b", 3)


PLAY = ActionVerb.ACTION_VERB_PLAY
ILLEGAL = [
    Action(verb=ActionVerb.ACTION_VERB_CASH_OUT),
    Action(verb=PLAY, cards=[8]),
    Action(verb=ActionVerb.ACTION_VERB_SELL_JOKER, slot=1),
    Action(verb=ActionVerb.ACTION_VERB_REARRANGE_JOKERS, target=1),
]


@pytest.mark.parametrize("action", ILLEGAL, ids=range(4))
def test_what_the_state_does_not_have_is_illegal(playing: GameState, action: Action) -> None:
    with pytest.raises(Rejected, match="illegal_action"):
        check_action_in(playing, [], action)


def test_playing_needs_a_hand_left(playing: GameState) -> None:
    check_action_in(playing, [], Action(verb=PLAY, cards=[0]))
    playing.hands_left = 0
    with pytest.raises(Rejected, match="illegal_action"):
        check_action_in(playing, [], Action(verb=PLAY, cards=[0]))


def test_an_action_outside_of_the_legal_ones_is_illegal(playing: GameState) -> None:
    family = LegalAction(
        verb=PLAY, min_cards=2, max_cards=3, selectable_cards=[0, 1, 2, 3], forced_cards=[1]
    )
    check_action_in(playing, [family], Action(verb=PLAY, cards=[0, 1]))
    for cards in ([1], [0, 2], [1, 4], [0, 1, 2, 3]):
        with pytest.raises(Rejected, match="illegal_action"):
            check_action_in(playing, [family], Action(verb=PLAY, cards=cards))


def test_slots_are_part_of_being_legal(playing: GameState) -> None:
    playing.jokers.append(playing.jokers[0])
    family = LegalAction(verb=ActionVerb.ACTION_VERB_SELL_JOKER, slots=[0])
    check_action_in(playing, [family], Action(verb=ActionVerb.ACTION_VERB_SELL_JOKER))
    with pytest.raises(Rejected, match="illegal_action"):
        check_action_in(playing, [family], Action(verb=ActionVerb.ACTION_VERB_SELL_JOKER, slot=1))


def test_the_menu_shows_no_game_that_could_go_backwards(playing: GameState) -> None:
    menu = GameState(phase=Phase.PHASE_MENU)
    check_forwards(playing, menu)
    check_forwards(menu, playing)
