"""Statements of what made a checkpoint or an evaluation, and their signed envelopes."""

import base64
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from jimbot_stream.contracts import (
    CheckpointSaved,
    EpisodeReference,
    Estimate,
    EvaluationCompleted,
    EvaluationStarted,
    GamesEvaluated,
    RunStarted,
    UpdateApplied,
)
from jimbot_stream.eventlog.digest import chain_of
from jimbot_stream.replay.attesting.envelope import authenticated
from tests.support.homes import Home, replay

House = Any  # of ../conftest.py
Told = dict[str, Any]
BEGUN, MADE = "12" * 32, "34" * 32


def attested(subject: str, data: Path, out: Path, *more: str | Path) -> Told:
    done = replay("attest", subject, "--data", data, "--out", out, *more)
    assert done.exit_code == 0, done.output
    told: Told = orjson.loads(out.read_bytes())
    return told


def check(told: Told) -> Told:
    """The provenance of a statement that keeps the rules of in-toto v1 and of SLSA v1."""
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://slsa.dev/provenance/v1"
    assert set(told) == {"_type", "subject", "predicateType", "predicate"}
    made: Told = told["predicate"]
    build, run = made["buildDefinition"], made["runDetails"]
    for uri in (build["buildType"], run["builder"]["id"], run["metadata"]["invocationId"]):
        assert urlsplit(uri).scheme
    assert run["metadata"]["finishedOn"].endswith("Z")
    assert all(isinstance(version, str) for version in run["builder"]["version"].values())
    (subject,) = told["subject"]
    assert len(bytes.fromhex(subject["digest"]["sha256"])) == 32
    for each in (*build["resolvedDependencies"], *run["byproducts"]):
        assert {"uri", "digest", "content"} & set(each), "a resource says at least one of these"
        assert all(bytes.fromhex(digest) for digest in each.get("digest", {}).values())
    return made


def materials(made: Told) -> dict[str, Told]:
    """By name; the last of those that share one."""
    return {each["name"]: each for each in made["buildDefinition"]["resolvedDependencies"]}


def last_checkpoint(house: House) -> Told:
    told = [e for e in house.events if e.type == "UpdateApplied"][-1]
    found: Told = orjson.loads(told.data)
    return found


def test_a_checkpoint_is_attested_with_parent_games_and_configuration(
    house: House, tmp_path: Path
) -> None:
    update = last_checkpoint(house)

    told = attested(update["checkpoint_out"][:12], house.folder, tmp_path / "statement.json")
    made = check(told)

    assert told["subject"][0]["digest"] == {"sha256": update["checkpoint_out"]}
    asked = made["buildDefinition"]["externalParameters"]
    assert asked["config"] == orjson.loads(update["config_json"])
    assert (asked["run_id"], asked["run_seed"], asked["update"]) == ("run", 7, 2)
    found = materials(made)
    assert found["checkpoint_in"]["digest"] == {"sha256": update["checkpoint_in"]}
    last = [event for event in house.events if event.stream == "game-three"][-1]
    assert found["game"] == {
        "name": "game",
        "uri": f"urn:jimbot:event:{last.revision}@game-three",
        "digest": {"sha256": sha256(last.data).hexdigest(), "jimbotChain": chain_of(last)},
    }
    assert found["torch"]["uri"].startswith("pkg:pypi/torch@")
    assert made["runDetails"]["builder"]["version"]["rules"] == "1.0.1o/1"


def test_numbers_that_readers_would_round_are_told_as_text(house: House, tmp_path: Path) -> None:
    update = last_checkpoint(house)

    told = attested(update["checkpoint_out"], house.folder, tmp_path / "statement.json")

    derived = told["predicate"]["buildDefinition"]["internalParameters"]
    assert int(derived["shuffle_seed"]) == int(update["shuffle_seed"]) > 2**53
    assert isinstance(derived["shuffle_seed"], str)


def test_the_first_checkpoint_of_a_run_follows_from_its_seed(house: House, tmp_path: Path) -> None:
    told = attested(house.checkpoint, house.folder, tmp_path / "statement.json")
    made = check(told)

    assert made["buildDefinition"]["buildType"] == "urn:jimbot:build:beginning:v1"
    assert made["buildDefinition"]["externalParameters"]["run_seed"] == 7


def test_the_same_record_gives_the_same_bytes(house: House, tmp_path: Path) -> None:
    for name in ("one", "two"):
        attested(house.checkpoint, house.folder, tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.fixture
def told(home: Home) -> Home:
    """A run whose weights were taken over, that learned from a game; its evaluation."""
    environment = '{"compute_class":"c","python":"3.11.7","torch":"2.13.0"}'
    home.tell(
        ("game-g", GamesEvaluated(first=1)),  # whatever: only its bytes count here
        ("trainingRun-r", RunStarted(run_id="r", checkpoint=BEGUN, begun_from="56" * 32)),
        ("trainingRun-r", CheckpointSaved(run_id="r", checkpoint=BEGUN)),
        (
            "trainingRun-r",
            UpdateApplied(
                run_id="r",
                checkpoint_in=BEGUN,
                checkpoint_out=MADE,
                episodes=[EpisodeReference(game_id="g", last_revision=0)],
                memory_out="78" * 32,
            ),
        ),
        ("trainingRun-r", CheckpointSaved(run_id="r", checkpoint=MADE, update=1)),
        (
            "evaluation-e1",
            EvaluationStarted(
                evaluation_id="e1", checkpoint=MADE, panel=9, environment_json=environment
            ),
        ),
        ("evaluation-e1", GamesEvaluated(evaluation_id="e1", digest="9a" * 32)),
        (
            "evaluation-e1",
            EvaluationCompleted(evaluation_id="e1", digest="bc" * 32, ante=Estimate(mean=1.5)),
        ),
    )
    return home


def test_an_evaluation_is_attested_by_its_digest(told: Home, tmp_path: Path) -> None:
    statement = attested("e1", told.folder, tmp_path / "statement.json")
    made = check(statement)

    assert statement["subject"] == [{"name": "evaluation-e1", "digest": {"sha256": "bc" * 32}}]
    assert made["buildDefinition"]["externalParameters"] == {"checkpoint": MADE, "panel": 9}
    assert materials(made)["checkpoint"]["digest"] == {"sha256": MADE}
    means, results = made["runDetails"]["byproducts"]
    assert orjson.loads(base64.b64decode(means["content"]))["ante"] == {"mean": 1.5}
    assert results["uri"] == "urn:jimbot:event:1@evaluation-e1"


def test_a_run_means_the_checkpoint_that_it_goes_on_with(told: Home, tmp_path: Path) -> None:
    statement = attested("r", told.folder, tmp_path / "statement.json")

    assert statement["subject"][0]["digest"] == {"sha256": MADE}


def test_weights_that_were_taken_over_are_a_material(told: Home, tmp_path: Path) -> None:
    made = check(attested(BEGUN, told.folder, tmp_path / "statement.json"))

    assert materials(made)["begun_from"]["digest"] == {"sha256": "56" * 32}


def test_what_an_update_left_beside_is_a_byproduct(told: Home, tmp_path: Path) -> None:
    made = check(attested(MADE, told.folder, tmp_path / "statement.json"))

    (memory,) = made["runDetails"]["byproducts"]
    assert (memory["name"], memory["digest"]) == ("memory_out", {"sha256": "78" * 32})


@pytest.mark.parametrize("subject", ["e9", "zz", "ffff", ""])
def test_what_is_not_recorded_cannot_be_attested(told: Home, tmp_path: Path, subject: str) -> None:
    done = replay("attest", subject, "--data", told.folder, "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_an_update_without_its_game_cannot_be_attested(home: Home, tmp_path: Path) -> None:
    lost = EpisodeReference(game_id="lost", last_revision=3)
    home.tell(
        ("trainingRun-r", RunStarted(run_id="r", checkpoint=BEGUN)),
        ("trainingRun-r", UpdateApplied(run_id="r", checkpoint_out=MADE, episodes=[lost])),
        ("trainingRun-r", CheckpointSaved(run_id="r", checkpoint=MADE)),
    )

    done = replay("attest", MADE, "--data", home.folder, "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert "3@game-lost" in done.output


def test_what_is_signed_is_kind_and_content_as_the_protocol_has_it() -> None:
    """The example of DSSE's protocol.md."""
    signed = authenticated("http://example.com/HelloWorld", b"hello world")

    assert signed == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A private key and the file of its public one."""
    private, public = tmp_path / "private", tmp_path / "public"
    public.write_text(replay("keygen", private, "--name", "auditor").output)
    return private, public


def test_a_signed_statement_is_believed_by_its_key_alone(
    told: Home, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    envelope = attested("e1", told.folder, tmp_path / "signed.json", "--key", keys[0])
    plain = attested("e1", told.folder, tmp_path / "plain.json")
    shutil.rmtree(told.folder)

    done = replay("check-attestation", tmp_path / "signed.json", "--public-key", keys[1])

    assert done.exit_code == 0, done.output
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert orjson.loads(base64.b64decode(envelope["payload"])) == plain


def test_a_signed_statement_is_compared_with_the_log(
    told: Home, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "signed.json"
    attested("e1", told.folder, out, "--key", keys[0])
    command = ("check-attestation", out, "--public-key", keys[1], "--data", told.folder)

    right = replay(*command, "--against", "e1")
    wrong = replay(*command, "--against", MADE)

    assert right.exit_code == 0, right.output
    assert wrong.exit_code == 1
    assert "says otherwise" in wrong.output


def other_payload(envelope: Told) -> Told:
    payload = base64.b64decode(envelope["payload"]).replace(b'"panel": 9', b'"panel": 8')
    return envelope | {"payload": base64.b64encode(payload).decode()}


def other_type(envelope: Told) -> Told:
    return envelope | {"payloadType": "text/plain"}


def no_signature(envelope: Told) -> Told:
    return envelope | {"signatures": []}


def no_envelope(envelope: Told) -> Told:
    return {"payload": envelope["payload"]}


@pytest.mark.parametrize("forge", [other_payload, other_type, no_signature, no_envelope])
def test_a_forged_envelope_is_refused(
    told: Home, keys: tuple[Path, Path], tmp_path: Path, forge: Callable[[Told], Told]
) -> None:
    out = tmp_path / "signed.json"
    envelope = attested("e1", told.folder, out, "--key", keys[0])
    forged = forge(envelope)
    assert forged != envelope
    out.write_bytes(orjson.dumps(forged))

    done = replay("check-attestation", out, "--public-key", keys[1])

    assert done.exit_code == 1


def test_another_key_does_not_vouch_for_it(
    told: Home, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    attested("e1", told.folder, tmp_path / "signed.json", "--key", keys[0])
    other = replay("keygen", tmp_path / "other", "--name", "auditor").output.strip()

    done = replay("check-attestation", tmp_path / "signed.json", "--public-key", other)

    assert done.exit_code == 1
    assert "does not bear the signature of auditor" in done.output
