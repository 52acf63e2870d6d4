from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.contracts import Action, ActionVerb, Blind, Card, GameState, Item, Phase
from jimbot_stream.streams.intake.possible import legal_of
from jimbot_stream.streams.intake.progress import check_action_in
from jimbot_stream.streams.intake.state import check_action, check_legal
from jimbot_stream.streams.intake.verbs import DECIDABLE, NEEDS

ITEMS = st.lists(
    st.builds(
        Item,
        key=st.sampled_from(["j_egg", "c_fool", "v_hone", ""]),
        cost=st.integers(0, 12),
        eternal=st.booleans(),
    ),
    max_size=3,
)
STATES = st.builds(
    GameState,
    phase=st.sampled_from(sorted(DECIDABLE)),
    money=st.integers(-5, 20),
    reroll_cost=st.integers(0, 9),
    hands_left=st.integers(0, 4),
    discards_left=st.integers(0, 4),
    blind=st.builds(Blind, boss=st.booleans()),
    hand=st.lists(st.builds(Card, rank=st.integers(2, 14)), max_size=10),
    jokers=ITEMS,
    consumables=ITEMS,
    shop_cards=ITEMS,
    shop_vouchers=ITEMS,
    shop_packs=ITEMS,
    pack=ITEMS,
)


def _verbs(state: GameState) -> set[int]:
    return {family.verb for family in legal_of(state)}


@settings(max_examples=200, deadline=None)
@given(STATES, st.data())
def test_what_is_called_legal_is_accepted_everywhere(state: GameState, data: st.DataObject) -> None:
    legal = legal_of(state)
    check_legal(state, legal, "legal")
    for family in legal:
        most = st.lists(st.sampled_from(family.selectable_cards), unique=True).map(sorted)
        cards = data.draw(most) if family.max_cards else []
        if not family.min_cards <= len(cards) <= family.max_cards:
            cards = list(family.selectable_cards[: family.max_cards])
        action = Action(
            verb=family.verb,
            cards=cards,
            slot=data.draw(st.sampled_from(family.slots or [0])),
            target=data.draw(st.sampled_from(family.targets or [0])),
        )
        check_action(action, "action")
        check_action_in(state, legal, action)


def test_nothing_is_legal_where_nothing_can_be_decided() -> None:
    jokers = [Item(key="j_egg"), Item(key="j_joker")]
    for phase in (Phase.PHASE_GAME_OVER, Phase.PHASE_TRANSITION, Phase.PHASE_MENU):
        assert not legal_of(GameState(phase=phase, jokers=jokers))


def test_a_boss_is_not_skipped() -> None:
    state = GameState(phase=Phase.PHASE_BLIND_SELECT)
    assert ActionVerb.ACTION_VERB_SKIP_BLIND in _verbs(state)
    state.blind.boss = True
    assert ActionVerb.ACTION_VERB_SKIP_BLIND not in _verbs(state)


def test_only_what_can_be_paid_is_bought() -> None:
    shop = [Item(key="j_egg", cost=4), Item(key="c_fool", cost=3)]
    state = GameState(phase=Phase.PHASE_SHOP, money=3, reroll_cost=5, shop_cards=shop)
    slots = {family.verb: list(family.slots) for family in legal_of(state)}
    assert slots == {
        ActionVerb.ACTION_VERB_NEXT_ROUND: [],
        ActionVerb.ACTION_VERB_BUY_CARD: [1],
        ActionVerb.ACTION_VERB_BUY_AND_USE: [1],
    }


def test_eternal_jokers_are_not_sold() -> None:
    state = GameState(phase=Phase.PHASE_SHOP, jokers=[Item(eternal=True), Item()])
    sold = [f for f in legal_of(state) if f.verb == ActionVerb.ACTION_VERB_SELL_JOKER]
    assert [list(family.slots) for family in sold] == [[1]]


def test_every_verb_of_the_contract_has_its_needs() -> None:
    assert set(NEEDS) == set(ActionVerb.values()) - {ActionVerb.ACTION_VERB_UNSPECIFIED}
