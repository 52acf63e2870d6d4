"""Evaluations, played again: the same seeds, the same player, game by game."""

from collections.abc import Iterator

from google.protobuf.message import Message

from jimbot_stream.agents.evaluation.archive import first_difference as first_game
from jimbot_stream.agents.evaluation.panel import evaluate
from jimbot_stream.agents.evaluation.record import (
    CHUNK,
    Results,
    facts,
    id_of,
    panel_of,
    player_of,
    results_of,
)
from jimbot_stream.agents.evaluation.versions import version_of
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts.v1.evaluation_pb2 import (
    EvaluationCompleted,
    EvaluationStarted,
    GamesEvaluated,
)
from jimbot_stream.replay.blame import blame
from jimbot_stream.replay.difference import first_difference
from jimbot_stream.replay.history import Entry, History, finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.verdict import Cause, Divergence, Match, Verdict


def repeat_evaluation(history: History, blobs: Blobs) -> Iterator[Verdict]:
    """One verdict for an evaluation; where it differs, the first game that does."""
    begun = next((message for _, message in history.all(EvaluationStarted)), None)
    if begun is None or not isinstance(history.entries[0].message, EvaluationStarted):
        yield _finding(history.entries[0], "type", "EvaluationStarted", "", "missing")
        return
    fault = next(_start_faults(history, begun), None) or next(_shape_faults(history, begun), None)
    yield fault or _played(history, begun, blobs)


def _start_faults(history: History, begun: EvaluationStarted) -> Iterator[Divergence]:
    first = history.entries[0]
    if begun.rules_version != RULES_VERSION:
        why = "It was played by other rules than this release has."
        yield _finding(first, "rules_version", RULES_VERSION, begun.rules_version, "rules", why)
    wanted = id_of(begun)
    for got in (begun.evaluation_id, history.name):
        if got != wanted:
            why = "The id derives from what is played."
            yield _finding(first, "evaluation_id", wanted, got, "tampering", why)
    version = version_of(begun.player, drawn=begun.drawn)
    if begun.player_version != version:
        why = (
            "It was played by another version of the player than this release has: evaluate again,"
            " or verify it with the release that played it."
        )
        got = begun.player_version or "(none told, by an earlier release)"
        yield _finding(first, "player_version", version, got, "policy", why)


def _shape_faults(history: History, begun: EvaluationStarted) -> Iterator[Divergence]:
    """All games in order and in chunks, then the end."""
    at = 0
    for entry in history.entries[1:-1]:
        part = entry.message
        if not isinstance(part, GamesEvaluated):
            yield _finding(entry, "type", "GamesEvaluated", entry.event.type, "missing")
            return
        size = min(CHUNK, begun.games - at)
        for name, wanted, there in (
            ("first", at, part.first),
            ("results", size, len(part.results)),
        ):
            if wanted != there:
                yield _finding(entry, name, str(wanted), str(there), "missing")
        at += len(part.results)
    last = history.entries[-1]
    if at != begun.games or not isinstance(last.message, EvaluationCompleted):
        expected = f"{begun.games} games and EvaluationCompleted"
        yield _finding(last, "type", expected, f"{at} and {last.event.type}", "missing")


def _played(history: History, begun: EvaluationStarted, blobs: Blobs) -> Verdict:
    first = history.entries[0]
    try:
        player = player_of(begun, blobs.get)
    except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
        text = f"{type(error).__name__}: {error}"
        return _finding(first, "checkpoint", "a player that can play", text, "weights")
    try:
        results = evaluate(player, panel_of(begun))
    except Exception as error:  # noqa: BLE001 - an edited beginning can fail anywhere
        text = f"{type(error).__name__}: {error}"
        return _finding(first, "panel", "games that can be played", text, "rules")
    found = _game_fault(history, begun, results) or _fact_fault(history, begun, results)
    return found or Match("evaluation", history.stream, 0)


def _game_fault(history: History, begun: EvaluationStarted, results: Results) -> Divergence | None:
    told = results_of([part for _, part in history.all(GamesEvaluated)])
    difference = first_game(results, told)
    if difference is None:
        return None
    place, name, expected, got = difference
    cause, why = blame(begun.environment_json, "policy")
    entry = history.entries[1 + place // CHUNK]
    why = f"The first game that differs is number {place} of the panel. {why}".strip()
    return _finding(entry, f"results[{place % CHUNK}].{name}", expected, got, cause, why)


def _fact_fault(history: History, begun: EvaluationStarted, results: Results) -> Divergence | None:
    """Digests and means follow from the games."""
    for entry, expected in zip(history.entries, facts(begun, results), strict=True):
        got: Message | None = entry.message
        difference = None if got is None else first_difference(expected, got)
        if difference is not None:
            return _finding(entry, *difference, "tampering")
    return None


def _finding(
    entry: Entry, field: str, expected: str, got: str, cause: Cause, why: str = ""
) -> Divergence:
    return finding(entry.event, "evaluation", field, expected, got, cause, why)
