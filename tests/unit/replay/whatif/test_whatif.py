"""``jimbot-replay whatif`` on a real history: three games, three checkpoints."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from click.testing import CliRunner, Result

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import StateObserved
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.cli import main
from jimbot_stream.replay.policies import Policies
from jimbot_stream.replay.whatif.comparing import recorded_answer
from jimbot_stream.replay.whatif.comparison import Comparison, Question, compare_games
from jimbot_stream.replay.whatif.estimators import Games
from jimbot_stream.replay.whatif.players import (
    Answer,
    Asked,
    Checkpoint,
    player_named,
    recorded,
)
from jimbot_stream.replay.whatif.reading import Played, Wanted
from jimbot_stream.replay.whatif.report import FORMAT, to_json
from jimbot_stream.replay.whatif.support import support_of
from jimbot_stream.replay.whatif.values import estimates
from tests.support.policies import strong

House = Any  # of conftest.py


def whatif(house: House, *arguments: str | Path) -> Result:
    told = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, ["whatif", "--data", str(house.folder), *told])


def told(house: House, *arguments: str) -> dict[str, Any]:
    result = whatif(house, *arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = orjson.loads(result.stdout)
    return found


def newest(house: House) -> str:
    """The checkpoint after the first update, which played the game "three"."""
    made = [orjson.loads(e.data) for e in house.events if e.type == "DecisionMade"]
    return str(made[-1]["checkpoint"])


async def ask(house: House, **question: Any) -> Comparison:
    return await compare_games(Bundle(house.events), Policies(house.blobs), Question(**question))


def test_the_checkpoint_that_decided_would_do_the_same(house: House) -> None:
    found = told(house, "--checkpoint", house.checkpoint, "--game", "one", "--game", "two")

    assert found["format"] == FORMAT
    assert found["agreement"]["share"] == 1.0
    assert found["agreement"]["kl"] == found["agreement"]["total_variation"] == 0.0
    assert found["partings"] == found["first_partings"] == []
    assert found["support"]["effective_games"] == pytest.approx(2.0)


def test_three_games_are_too_few_for_a_value_and_it_says_so(house: House) -> None:
    result = whatif(house, "--checkpoint", house.checkpoint, "--game", "one", "--game", "two")

    assert "No value is estimated" in result.output
    assert "games that can be weighed: 2; at least 10 must be" in result.output
    assert "Value of" not in result.output


def test_another_checkpoint_parts_where_probabilities_say(house: House) -> None:
    found = told(house, "--checkpoint", newest(house), "--game", "one", "--game", "two")

    assert found["agreement"]["decisions"] == sum(
        row["decisions"] for row in found["by_verb"].values()
    )
    assert 0 < found["agreement"]["kl"] < math.inf
    assert 0 < found["agreement"]["total_variation"] < 1
    for parting in found["partings"]:
        assert parting["ours"]["action"] != parting["theirs"]["action"]
        revision, stream = parting["address"].split("@")
        assert any(
            (e.stream, e.revision, e.type) == (stream, int(revision), "DecisionMade")
            for e in house.events
        )


def test_the_probability_recorded_is_the_one_told(house: House) -> None:
    found = told(house, "--player", "rule", "--game", "three")
    made = {
        f"{e.revision}@{e.stream}": orjson.loads(e.data)
        for e in house.events
        if e.type == "DecisionMade"
    }

    assert found["partings"]
    for parting in found["partings"]:
        recorded_as = made[parting["address"]]
        wanted = pytest.approx(math.exp(recorded_as.get("log_prob", 0.0)))
        assert parting["theirs"]["probability"] == wanted
        assert parting["theirs"]["value"] == recorded_as["value"]
        assert parting["ours"]["probability"] == 1.0


def test_the_reward_and_the_discount_are_those_of_the_run(house: House) -> None:
    found = told(house, "--checkpoint", house.checkpoint)

    assert (found["reward"], found["gamma"]) == ("progress-1", 0.9)
    assert found["terms"] == "of run run"
    other = told(house, "--checkpoint", house.checkpoint, "--gamma", "0.5")
    assert other["gamma"] == 0.5


def test_another_seed_draws_otherwise_from_the_same_probabilities(house: House) -> None:
    found = told(house, "--run-seed", "99")

    assert found["agreement"]["share"] < 1.0
    assert found["agreement"]["kl"] == 0.0
    assert found["support"]["mean_weight"] == pytest.approx(1.0)
    assert told(house, "--run-seed", "7")["agreement"]["share"] == 1.0  # the recorded one


def test_two_checkpoints_are_compared_with_each_other(house: House) -> None:
    one = told(house, "--checkpoint", newest(house), "--against", house.checkpoint)
    other = told(house, "--checkpoint", house.checkpoint, "--against", newest(house))

    assert one["agreement"]["share"] == other["agreement"]["share"]
    assert one["agreement"]["total_variation"] == pytest.approx(
        other["agreement"]["total_variation"]
    )
    assert one["theirs"] == house.checkpoint


def test_a_run_names_its_newest_checkpoint_and_chooses_its_games(house: House) -> None:
    found = told(house, "--checkpoint", "run", "--run", "run")

    assert found["games"] == 3
    assert found["ours"] not in (house.checkpoint, newest(house))


def test_whole_games_are_taken_up_to_the_limit(house: House) -> None:
    found = told(house, "--checkpoint", house.checkpoint, "--limit", "1")

    assert found["games"] == 1


def test_the_most_probable_action_is_certain(house: House) -> None:
    found = told(house, "--checkpoint", newest(house), "--mode", "greedy")

    assert all(parting["ours"]["probability"] == 1.0 for parting in found["partings"])


async def test_many_games_of_the_same_policy_give_a_difference_of_nothing(house: House) -> None:
    """The three games stand in for many: the same ones, under other names."""
    policy = Policies(house.blobs).get(house.checkpoint)
    question = {"ours": Checkpoint("same", lambda _made: policy), "wanted": Wanted(["one"])}
    found = await ask(house, **question)
    many = found.tally.ours * 12

    games = Games.of(many)
    assert support_of(games, 0).enough
    for each in estimates(games, None, found.terms.gamma, 1):
        assert each.difference.estimate == pytest.approx(0.0, abs=1e-9)


async def test_the_rewards_are_those_that_an_update_learns_from(house: House) -> None:
    policy = Policies(house.blobs).get(house.checkpoint)
    found = await ask(house, ours=Checkpoint("same", lambda _made: policy), wanted=Wanted(["one"]))

    last = next(e for e in house.events[::-1] if (e.stream, e.type) == ("game-one", "GameEnded"))
    ended = orjson.loads(last.data)
    beaten = ended["round"] - (0 if ended.get("won") else 1)
    total = float(found.tally.ours[0].rewards.sum())
    assert beaten <= total <= beaten + 1 + 3 * bool(ended.get("won"))


async def test_a_player_who_sees_more_than_was_recorded_is_impossible(house: House) -> None:
    """What is put to a player is the recorded state and what was seen in it, and nothing else."""
    seen: list[Asked] = []

    class Spy:
        name = "spy"

        def answer(self, asked: Asked) -> Answer | None:
            seen.append(asked)
            return None

    await ask(house, ours=Spy(), wanted=Wanted(["one"]))

    states = [e for e in house.events if (e.stream, e.type) == ("game-one", "StateObserved")]

    told_states = [read_event(StateObserved, event).state for event in states]
    assert seen
    assert all(asked.state in told_states for asked in seen)


async def test_what_was_certain_has_no_weight_for_who_might_do_otherwise(house: House) -> None:
    """Who is asked cannot be weighed by games of a rule that never tried anything else."""

    events = [
        replace(e, data=orjson.dumps(orjson.loads(e.data) | {"mode": "DECISION_MODE_GREEDY"}))
        if e.type == "DecisionMade"
        else e
        for e in house.events
    ]
    question = Question(player_named("random"), wanted=Wanted(["one", "two", "three"]))
    found = await compare_games(Bundle(events), Policies(house.blobs), question)

    assert found.tally.unweighed == 3
    assert not found.support.enough
    assert any("decided without a draw" in why for why in found.support.why_thin)


async def test_without_the_recorded_weights_agreement_is_told_and_distance_is_not(
    house: House, tmp_path: Path
) -> None:

    empty = Policies(BlobStore(tmp_path))
    found = await compare_games(Bundle(house.events), empty, Question(player_named("rule")))

    assert found.tally.whole.decisions > 0
    assert found.tally.whole.mean_divergence is None
    assert orjson.loads(to_json(found))["agreement"]["kl"] is None


async def test_the_distribution_of_the_record_is_that_of_its_weights(house: House) -> None:
    policies = Policies(house.blobs)
    by_weights = recorded(policies)
    found: list[float] = []

    class Spy:
        name = "spy"

        def answer(self, asked: Asked) -> Answer | None:

            answer = recorded_answer(Played(asked, 0, 0.0, True), by_weights)
            assert answer is not None
            chance = math.log(answer.chances[asked.made.action_index])
            found.append(chance - asked.made.log_prob)
            return answer

    await ask(house, ours=Spy())

    assert found == pytest.approx([0.0] * len(found), abs=1e-9)


async def test_a_strong_checkpoint_is_told_from_the_untrained_one(
    house: House, tmp_path: Path
) -> None:
    blobs = BlobStore(tmp_path)
    policy = Policies(blobs).get(blobs.put(strong()))
    found = await ask(house, ours=Checkpoint("strong", lambda _made: policy))

    assert found.tally.whole.agreement.estimate < 0.9
    assert not found.support.enough
    assert found.estimates == ()


def test_a_picture_is_drawn(house: House, tmp_path: Path) -> None:
    out = tmp_path / "partings.svg"

    assert whatif(house, "--player", "rule", "--out", out).exit_code == 0
    assert ET.parse(out).getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((), "--checkpoint, --run-seed or both"),
        (("--player", "rule", "--run-seed", "3"), "or else --player"),
        (("--player", "rule", "--game", "nine"), "no stream game-nine in the log"),
        (("--player", "rule", "--run", "nine"), "no game in the log was decided by"),
        (("--checkpoint", "f" * 64), "Error"),
        (("--checkpoint", "nine"), "checkpoint 'nine'"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_do(
    house: House, arguments: tuple[str, ...], wanted: str
) -> None:
    result = whatif(house, *arguments)

    assert result.exit_code == 2
    assert wanted in result.output


def test_nothing_is_written_to_the_log(house: House) -> None:
    before = house.log_file.read_bytes()

    assert whatif(house, "--player", "greedy").exit_code == 0
    assert house.log_file.read_bytes() == before
