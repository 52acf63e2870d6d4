"""Seeds hold what two independent analyzers say they hold."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from click.testing import CliRunner

from jimbot_stream.balatro import seeds
from jimbot_stream.balatro.cli import main
from jimbot_stream.balatro.kernels import packs, surveying
from jimbot_stream.balatro.naming import CODE_NAMES, name_of
from jimbot_stream.balatro.seeds import Possible, Survey
from jimbot_stream.balatro.state import ITEM, Kind, blank
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.compiled_pools import SOURCES
from jimbot_stream.balatro.tables.jokers import JOKERS as JOKER_ROWS
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

Run = dict[str, Any]

ANTE_0 = "7ODNKXP"
"""The analyzer shows the boss of ante 1 in ante 0 too, and tags that need ante 2."""

BLACK_HOLE = ("3SZ71111", "8", "pl1")
"""The analyzer leaves Black Hole out of its queue of planets; all others follow one later."""

JOKERS = {
    "rif": 1,
    "uta": 2,
    "rta": 3,
    "top": 1,
    "jud": 0,
    "buf": 0,
    "wra": 3,
}
"""Sources of jokers, and the rarity that each asks for."""

CONSUMABLES = {
    **dict.fromkeys(("ar1", "emp", "vag", "8ba", "sup"), Kind.TAROT),
    **dict.fromkeys(("pri", "pl1"), Kind.PLANET),
    **dict.fromkeys(("spe", "sea", "sixth"), Kind.SPECTRAL),
}


@pytest.fixture(scope="module")
def runs(reference: Callable[[str], Any]) -> list[Run]:
    text = json.dumps(reference("seeds.json")["runs"])
    for key, name in CODE_NAMES.items():  # the analyzers spell as the game's code does
        text = text.replace(name, json.dumps(name_of(key)).strip('"'))
    told: list[Run] = json.loads(text)
    assert len(told) == 8
    return told


def survey(run: Run) -> Survey:
    possible = Possible.ALL if run["everything"] else Possible.NOTHING
    return Survey(run["seed"], run["deck"], run["stake"], possible)


def test_bosses_vouchers_and_tags(runs: list[Run]) -> None:
    for run in runs:
        look, redeemed = survey(run), 0
        for ante, told in run["antes"].items():
            boss, voucher, *tags = look.offer(int(ante), redeemed)
            assert VOUCHERS[voucher - 1].name == told["voucher"], (run["seed"], ante)
            if (run["seed"], ante) != (ANTE_0, "0"):
                assert BLINDS[boss - 1].name == told["boss"], (run["seed"], ante)
                assert [TAGS[tag - 1].name for tag in tags[:2]] == told["tags"], (run["seed"], ante)
            if run["redeem"]:
                redeemed |= 1 << voucher


def test_cards_of_the_shop(runs: list[Run]) -> None:
    for run in runs:
        look = survey(run)
        for ante, told in run["antes"].items():
            wanted = told["shop"].split("|")
            found = [str(card) for card in look.shop(int(ante), len(wanted))]
            assert found == wanted, (run["seed"], ante)


def test_packs(runs: list[Run]) -> None:
    for run in runs:
        look = survey(run)
        for ante, told in run["antes"].items():
            found = [
                "|".join([pack.name, *map(str, pack.cards)])
                for pack in look.packs(int(ante), len(told["packs"]))
            ]
            assert found == told["packs"], (run["seed"], ante)


@pytest.fixture(scope="module")
def antes(runs: list[Run]) -> list[tuple[str, str, dict[str, str], Survey]]:
    """Seed, ante, sources, and the look at the seed after the packs of the ante."""
    looks = []
    for run in runs:
        for ante, told in run["antes"].items():
            if "sources" in told:
                look = survey(run)
                look.states[0].first_shop = int(ante != "1")
                look.packs(int(ante), len(told["packs"]))
                looks.append((run["seed"], ante, told["sources"], look))
    return looks


def _created(look: Survey, source: str, count: int) -> list[str]:
    number, state = SOURCES.index(source), look.states[0]
    if source == "rif":  # is a joker itself, and so is not drawn
        state.joker_count, state.jokers[0].kind = 1, Kind.JOKER
        state.jokers[0].id = JOKER["j_riff_raff"]
    out = blank(ITEM, count)
    kind = CONSUMABLES.get(source, Kind.JOKER)
    surveying.created(look.states, look.rngs, int(kind), JOKERS.get(source, 0), number, out)
    return [str(seeds.found(item)) for item in out]


@pytest.mark.parametrize("source", [*JOKERS, *CONSUMABLES])
def test_what_other_sources_create(antes: list[Any], source: str) -> None:
    for seed, ante, sources, look in antes:
        wanted = sources[source].split("|")
        found = _created(deepcopy(look), source, len(wanted))
        if (seed, ante, source) == BLACK_HOLE:
            assert "Black Hole" in found
            found.remove("Black Hole")
            wanted = wanted[: len(found)]
        assert found == wanted, (seed, ante)


def test_further_cards_of_standard_packs(antes: list[Any]) -> None:
    for seed, ante, sources, look in antes:
        wanted, copied = sources["standard_edition"].split("|"), deepcopy(look)
        out = blank(ITEM, len(wanted))
        for item in out:
            packs.playing_card(copied.states[0], copied.rngs[0], item)
        assert [str(seeds.found(item)) for item in out] == wanted, (seed, ante)


def test_the_library_tells_what_the_command_prints() -> None:
    held = seeds.analyse("ALEEB", 2, "b_ghost", wares=3)
    assert [ante.ante for ante in held.antes] == [1, 2]
    assert [len(ante.packs) for ante in held.antes] == [seeds.FIRST_PACKS, seeds.PACKS_AN_ANTE]
    options = ["seed", "aleeb", "--antes", "2", "--deck", "ghost", "--wares", "3"]
    text = CliRunner().invoke(main, options)
    assert text.exit_code == 0
    assert text.output == seeds.told(held) + "\n"
    plain = CliRunner().invoke(main, [*options, "--json"])
    assert json.loads(plain.output) == json.loads(json.dumps(held.plain()))


def test_a_seed_is_the_same_twice() -> None:
    assert seeds.analyse("7LB2WVPK", 1) == seeds.analyse("7LB2WVPK", 1)
    assert seeds.analyse("7LB2WVPK", 1) != seeds.analyse("7LB2WVPL", 1)


@pytest.mark.parametrize("seed", ["", "123456789", "A B", "Ä"])
def test_what_is_no_seed_is_refused(seed: str) -> None:
    refused = CliRunner().invoke(main, ["seed", seed])
    assert refused.exit_code == 2
    assert "is no seed" in refused.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"seed": ""}, "seed '' must have 1 to 8 characters"),
        ({"seed": "123456789"}, "must have 1 to 8 characters"),
        ({"seed": "aleeb"}, "'a' is not one of 123"),
        ({"seed": "ÄÄ"}, "'Ä' is not one of 123"),
        ({"deck": "red"}, "deck 'red' is not one of b_red"),
        ({"stake": "gold"}, "stake 'gold' is not one of stake_white"),
        ({"antes": -1}, "antes -1 is not in"),
        ({"antes": 40}, "antes 40 is not in"),
        ({"wares": -1}, "wares -1 is negative"),
    ],
)
def test_the_library_refuses_what_it_cannot_look_at(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        seeds.analyse(**{"seed": "ALEEB", **arguments})


def test_a_survey_refuses_what_it_cannot_look_at() -> None:
    with pytest.raises(ValueError, match="deck 'b_none' is not one of"):
        Survey("ALEEB", deck="b_none")
    look = Survey("ALEEB")
    for ask in (look.shop, look.packs, look.offer):
        with pytest.raises(ValueError, match="ante 40 is not in"):
            ask(40, 0)
    with pytest.raises(ValueError, match="count -1 is negative"):
        look.shop(1, -1)
    with pytest.raises(ValueError, match="count -1 is negative"):
        look.packs(1, -1)


def test_gold_stake_puts_stickers_on_what_can_bear_them() -> None:
    look = Survey("STICKERS", stake="stake_gold")
    cards = [card for ante in range(1, 9) for card in look.shop(ante, 60)]
    jokers = [card for card in cards if card.kind == "joker"]
    seen = {sticker for card in jokers for sticker in card.stickers}
    assert seen == {"Eternal", "Perishable", "Rental"}
    for card in jokers:
        row = next(joker for joker in JOKER_ROWS if joker.name == card.name)
        assert row.eternal or "Eternal" not in card.stickers
        assert row.perishable or "Perishable" not in card.stickers
        assert not {"Eternal", "Perishable"} <= set(card.stickers)
    assert not any(card.stickers for card in cards if card.kind != "joker")


def test_a_voucher_of_the_deck_is_not_offered() -> None:
    held = seeds.analyse("ALEEB", 8, "b_zodiac", wares=0)
    own = {"Tarot Merchant", "Planet Merchant", "Overstock"}
    assert not own & {ante.voucher for ante in held.antes}
