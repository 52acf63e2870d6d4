"""Games of baselines in the log: equal for equal arguments, whole, and rules-exact."""

from pathlib import Path

import pytest

from jimbot_stream.agents.evaluation.players import BASELINES, RulePlayer
from jimbot_stream.agents.offline import recording
from jimbot_stream.agents.offline.recording import Wanted, record
from jimbot_stream.agents.offline.selection import Header
from jimbot_stream.agents.offline.source import LogGames
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Match

GREEDY = Wanted("greedy", 5, 3)


async def data(log: EventLog) -> list[tuple[str, str, bytes]]:
    return [(each.stream, each.type, each.data) async for each in log.read_all()]


async def test_equal_arguments_give_equal_games_and_nothing_twice(
    log: EmbeddedLog, tmp_path: Path
) -> None:
    heard: list[int] = []
    first = await record(log, GREEDY, heard.append)
    assert (first.games, first.known, len(first.played), sum(heard)) == (3, 0, 3, 3)
    before = await data(log)
    again = await record(log, GREEDY)
    assert (again.known, len(again.played)) == (3, 0)
    assert await data(log) == before
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        await record(other, GREEDY)
        assert await data(other) == before


async def test_more_games_go_on_behind_those_that_stand_there(log: EmbeddedLog) -> None:
    await record(log, GREEDY)
    before = await data(log)
    more = await record(log, Wanted("greedy", 5, 4))
    assert (more.known, len(more.played)) == (3, 1)
    assert (await data(log))[: len(before)] == before


async def test_they_are_learned_from_as_games_of_their_source(log: EmbeddedLog) -> None:
    await record(log, GREEDY)
    games = LogGames(log, "progress-1")
    headers = [each async for each in games.headers(10**9) if isinstance(each, Header)]
    assert [each.game_id for each in headers] == [GREEDY.game_id(number) for number in range(3)]
    assert {(each.source, each.run_seed, each.over) for each in headers} == {
        ("player-greedy", 5, True)
    }
    for header in headers:
        episode = await games.episode(header)
        assert not episode.left_out
        assert episode.learned(("player",)).all()


async def test_the_rules_lead_to_every_recorded_state(log: EmbeddedLog, blobs: BlobStore) -> None:
    await record(log, GREEDY)
    events = [event async for event in log.read_all() if not event.stream.startswith("$")]
    verdicts = [verdict async for verdict in Replayer(Bundle(events), blobs).verify()]
    assert verdicts
    assert all(isinstance(verdict, Match) for verdict in verdicts)


async def test_a_search_plays_only_the_games_that_go_on(
    log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A player that is given the states chooses by them, and its actions are the ones told."""

    class Searching:
        def choose_in(self, states, listed, rows, ends, wanted, counter):  # type: ignore[no-untyped-def]  # as the protocol has it
            assert len(states) == len(ends) == len(wanted)
            return RulePlayer().choose(states, rows, ends, counter)

    monkeypatch.setitem(BASELINES, "lookahead", Searching)
    found = await record(log, Wanted("lookahead", 5, 2))
    rule = await record(log, Wanted("rule", 5, 2))
    assert found.played.tolist() == rule.played.tolist()


def test_decks_have_names_of_their_own() -> None:
    names = {
        Wanted("rule", 1, 1, deck, stake).game_id(0)
        for deck in ("b_red", "b_blue")
        for stake in (1, 2)
    }
    assert len(names) == 4


def test_blocks_have_seeds_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "BLOCK", 2)
    wanted = Wanted("rule", 1, 5)
    panels = [wanted.panel(block) for block in range(3)]
    assert [panel.games for panel in panels] == [2, 2, 1]
    seeds = [seed for panel in panels for seed in panel.begun().games.game_seeds().tolist()]
    assert len(set(seeds)) == 5
