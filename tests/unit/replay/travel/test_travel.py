"""``list``, ``at`` and ``diff`` over a real history."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import StateObserved
from jimbot_stream.contracts.json_codec import from_json
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.cli import main
from jimbot_stream.replay.history import History, read_history
from jimbot_stream.replay.travel.comparing import compare_checkpoints, compare_games, compare_runs
from jimbot_stream.replay.travel.moment import MomentError, difference, game_at, run_at

House = Any  # of conftest.py
Events = list[RecordedEvent]


def replay(house: House, *arguments: str | Path) -> Result:
    told = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, [told[0], "--data", str(house.folder), *told[1:]])


def history(events: Events, stream: str) -> History:
    return asyncio.run(read_history(Bundle(events), stream))


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [orjson.loads(line) for line in result.output.splitlines()]


def test_everything_is_listed_once_in_the_order_in_which_it_began(house: House) -> None:
    found = lines(replay(house, "list", "--json"))

    assert [line["stream"] for line in found] == list(dict.fromkeys(e.stream for e in house.events))
    assert sum(line["events"] for line in found) == len(house.events)


@pytest.mark.parametrize(
    ("options", "streams"),
    [
        (["games"], ["game-one", "game-two", "game-three"]),
        (["runs"], ["trainingRun-run"]),
        (["--game", "two"], ["game-two"]),
        (["--run", "run"], ["trainingRun-run"]),
        (["--type", "RunEnded"], ["trainingRun-run"]),
        (["games", "--since", "2100-01-01"], []),
        (["games", "--until", "1970-01-01"], []),
        (["evaluations"], []),
        (["--game", "tw"], []),
    ],
)
def test_filters_leave_the_rest_out(options: list[str], streams: list[str], house: House) -> None:
    found = lines(replay(house, "list", "--json", *options))
    assert [line["stream"] for line in found] == streams


def test_a_checkpoint_leads_to_what_it_decided_and_where_it_was_made(house: House) -> None:
    made = orjson.loads(next(e.data for e in house.events if e.type == "UpdateApplied"))
    found = lines(replay(house, "list", "--json", "--checkpoint", made["checkpoint_out"][:10]))
    assert [line["stream"] for line in found] == ["game-three", "trainingRun-run"]


def test_a_person_reads_what_became_of_a_game(house: House) -> None:
    result = replay(house, "list", "games", "--limit", "1")
    shown = " ".join(result.output.split())
    assert "game-one" in shown
    assert "AUDIT1" in shown
    assert "and 2 more" in shown


def test_the_state_of_every_moment_is_the_one_that_the_rules_lead_to(house: House) -> None:
    game = history(house.events, "game-one")
    first = next(e.event.revision for e in game.entries if e.event.type == "StateObserved")
    for entry in game.entries[first:]:
        moment = game_at(game, entry.event.revision)
        assert moment.observed_at <= entry.event.revision
        assert difference(game, moment) is None


def test_a_moment_tells_what_was_decided_and_done_by_then_and_not_what_came_later(
    house: House,
) -> None:
    game = history(house.events, "game-one")
    kinds = [entry.event.type for entry in game.entries]
    place = kinds.index("DecisionMade")
    before, then, after = (game_at(game, place + step) for step in (-1, 0, 1))
    assert (before.decided, before.applied) == (None, None)
    assert (then.decided is not None, then.applied) == (True, None)
    assert after.applied is not None
    assert then.state == before.state
    assert game_at(game, len(kinds) - 1).ended is not None


def test_a_forged_state_is_told_from_the_executed_one(house: House) -> None:
    events = list(house.events)
    place = next(i for i, e in enumerate(events) if (e.stream, e.revision) == ("game-one", 4))
    told = orjson.loads(events[place].data)
    told["state"]["money"] = str(int(told["state"].get("money", 0)) + 7)
    events[place] = replace(events[place], data=orjson.dumps(told))
    game = history(events, "game-one")
    found = difference(game, game_at(game, 4))
    assert found is not None
    assert found[0] == "money"


def test_a_run_at_an_event_stands_where_it_stood(house: House) -> None:
    run = history(house.events, "trainingRun-run")
    first = next(e for e in run.entries if e.event.type == "UpdateApplied")
    standing = run_at(run, first.event.revision)
    assert (standing.updates, standing.algorithm) == (1, "ppo")
    assert standing.checkpoint == orjson.loads(first.event.data)["checkpoint_out"]
    assert run_at(run, 0).checkpoint == house.checkpoint


def test_moments_that_are_not_there_are_said_so(house: House) -> None:
    game = history(house.events, "game-one")
    with pytest.raises(MomentError, match="no state was observed"):
        game_at(game, 0)
    with pytest.raises(MomentError, match="has no event 9999: the newest is"):
        game_at(game, 9999)
    assert replay(house, "at", "game-one").exit_code == 2
    assert replay(house, "at", "3@checkpoint-x").exit_code == 2


def test_at_prints_the_state_and_executes_it_when_asked(house: House) -> None:
    result = replay(house, "at", "5@game-one", "--from-start")
    assert result.exit_code == 0, result.output
    assert "@game-one" in result.output.splitlines()[0]
    told = orjson.loads(replay(house, "at", "5@game-one", "--from-start", "--json").output)
    assert told["executed"] == "equal"
    event = next(
        e for e in house.events if (e.stream, e.revision) == ("game-one", told["observed_at"])
    )
    assert told["state"] == orjson.loads(event.data)["state"]
    assert from_json(StateObserved, event.data).state.money == int(told["state"].get("money", 0))


def test_a_game_is_alike_itself_and_parts_from_another_at_its_seed(house: House) -> None:
    one, two = (history(house.events, name) for name in ("game-one", "game-two"))
    same, other = compare_games(one, one), compare_games(one, two)
    assert (same.alike, same.differences) == (len(one.entries), [])
    assert other.alike == 0
    assert (other.differences[0].field, other.differences[0].where) == ("seed", "0@game-one")


def test_a_game_that_is_shorter_parts_where_it_ends(house: House) -> None:
    whole, short = (
        house.events,
        [e for e in house.events if e.stream != "game-one" or e.revision < 6],
    )
    found = compare_games(history(whole, "game-one"), history(short, "game-one"))
    (told,) = found.differences
    assert (found.alike, told.where, told.other, told.two) == (
        6,
        "6@game-one",
        "end@game-one",
        "(absent)",
    )


def test_the_first_other_action_is_found_and_requests_do_not_count(house: House) -> None:
    renamed = []
    for event in house.events:
        data = event.data.replace(b'"one:', b'"other:').replace(b'"one/', b'"other/')
        renamed.append(replace(event, data=data))
    one = history(house.events, "game-one")
    assert compare_games(one, history(renamed, "game-one")).differences == []
    place = next(
        e.revision for e in house.events if e.stream == "game-one" and e.type == "ActionApplied"
    )
    changed = []
    for event in house.events:
        if (event.stream, event.revision) == ("game-one", place):
            data = orjson.loads(event.data)
            data["action"]["verb"] = "ACTION_VERB_REROLL_BOSS"
            event = replace(event, data=orjson.dumps(data))
        changed.append(event)
    found = compare_games(one, history(changed, "game-one"))
    assert (found.differences[0].where, found.differences[0].field) == (
        f"{place}@game-one",
        "action.verb",
    )


def test_runs_part_in_what_they_were_told_and_in_the_first_other_weights(house: House) -> None:
    blobs = BlobStore(house.folder / "blobs")
    one = history(house.events, "trainingRun-run")
    assert compare_runs(one, one, blobs).differences == []
    first = next(e for e in house.events if e.type == "UpdateApplied")
    made = orjson.loads(first.data)["checkpoint_out"].encode()
    other = [
        replace(
            e,
            data=e.data.replace(made, house.checkpoint.encode()).replace(
                b'\\"epochs\\":1', b'\\"epochs\\":2'
            ),
        )
        for e in house.events
    ]
    found = compare_runs(one, history(other, "trainingRun-run"), blobs)
    fields = [each.field for each in found.differences]
    assert fields == ["config.epochs", "checkpoint_out"]
    assert found.differences[1].where == f"{first.revision}@trainingRun-run"
    assert any("the first difference of these: update" in note for note in found.notes)


def test_checkpoints_are_compared_tensor_by_tensor(house: House) -> None:
    blobs = BlobStore(house.folder / "blobs")
    made = orjson.loads(next(e.data for e in house.events if e.type == "UpdateApplied"))
    assert compare_checkpoints(house.checkpoint, house.checkpoint, blobs).differences == []
    found = compare_checkpoints(house.checkpoint, made["checkpoint_out"], blobs)
    fields = [each.field for each in found.differences]
    assert fields[:2] == ["update", "optimizer_steps"]
    assert "module.mixed.weight" in fields
    assert "L2" in found.differences[fields.index("module.mixed.weight")].two


def test_diff_ends_with_whether_they_differ(house: House) -> None:
    same = replay(house, "diff", "game-one", "game-one")
    assert (same.exit_code, "alike" in same.output) == (0, True)
    assert replay(house, "diff", "game-one", "game-two").exit_code == 1
    told = replay(house, "diff", "game-one", "game-two", "--json")
    assert orjson.loads(told.output)["differences"][0]["field"] == "seed"
    run = replay(house, "diff", "trainingRun-run", "trainingRun-run")
    assert (run.exit_code, "2 updates made the same weights" in run.output) == (0, True)
    made = orjson.loads(next(e.data for e in house.events if e.type == "UpdateApplied"))
    pair = (house.checkpoint[:12], made["checkpoint_out"][:12])
    assert replay(house, "diff", *pair).exit_code == 1
    mixed = replay(house, "diff", "game-one", "trainingRun-run")
    assert (mixed.exit_code, "two games, two runs or two checkpoints" in mixed.output) == (2, True)


def test_an_evaluation_is_told_by_its_means(house: House, tmp_path: Path) -> None:
    """A mean of zero is left out of the record, and is one all the same."""
    data = (
        b'{"evaluation_id":"e","games":2,"ante":{"mean":1.5,"low":1,"high":2},"won":{"high":0.6}}'
    )
    event = replace(
        house.events[0], stream="evaluation-e", revision=0, type="EvaluationCompleted", data=data
    )
    Bundle([event]).save(tmp_path / "log.jsonl")
    result = CliRunner().invoke(
        main, ["list", "--log", f"jsonl:{tmp_path / 'log.jsonl'}", "--json"]
    )
    (line,) = lines(result)
    assert (line["ante"], line["won"]) == (1.5, 0.0)
