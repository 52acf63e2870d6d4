"""What verdicts add up to, in numbers, prose and exit code."""

from io import StringIO

import orjson
from rich.console import Console

from jimbot_stream.replay.report import KEPT, Report
from jimbot_stream.replay.verdict import Divergence, Match, Tolerated, Verdict

SAME = Match("decision", "game-a", 2)
NEAR = Tolerated("decision", "game-a", 2, "there", "here", 1e-6, 1e-4)


def divergence(position: int = 0, revision: int = 2) -> Divergence:
    return Divergence(
        "decision", "game-a", revision, "action", "PLAY", "DISCARD", "seed", "Why.", position
    )


def report_of(*verdicts: Verdict) -> Report:
    report = Report(seconds=2.0)
    for verdict in verdicts:
        report.add(verdict)
    return report


def test_all_identical_is_code_0() -> None:
    report = report_of(SAME, SAME, Match("update", "trainingRun-r", 1))

    assert report.exit_code == 0
    assert report.conclusion == "2 decisions and 1 updates verified: all identical"
    assert report.rate == 1.0


def test_a_divergence_of_any_kind_is_code_1_and_counted() -> None:
    report = report_of(SAME, divergence(), Match("event", "game-a", 0))

    assert report.exit_code == 1
    assert report.conclusion.endswith("verified: 1 decision not identical")


def test_nothing_verified_is_code_2_although_events_are_genuine() -> None:
    assert report_of(Match("event", "game-a", 0)).exit_code == 2


def test_a_tolerated_difference_is_code_3_and_the_furthest_is_kept() -> None:
    further = Tolerated("decision", "game-a", 5, "there", "here", 1e-5, 1e-4)

    report = report_of(SAME, NEAR, further, NEAR)

    assert report.exit_code == 3
    assert report.tolerated is further


def test_a_divergence_outweighs_a_tolerated_difference() -> None:
    assert report_of(NEAR, divergence()).exit_code == 1


def test_the_first_divergence_is_the_first_of_the_log_however_parts_were_merged() -> None:
    report = report_of(divergence(9, 9))
    report.merge(report_of(divergence(4, 4), SAME, NEAR))
    report.merge(report_of(divergence(7, 7)))

    assert [d.position for d in report.divergences] == [4, 7, 9]
    assert report.counts["decision"].total == 5
    assert report.tolerated is NEAR


def test_many_divergences_are_all_counted_and_the_first_ones_kept() -> None:
    report = report_of(*(divergence(place, place) for place in range(2 * KEPT, 0, -1)))

    assert report.diverged == 2 * KEPT
    assert [d.position for d in report.divergences] == list(range(1, KEPT + 1))


def test_what_differs_in_several_places_is_counted_once() -> None:
    start = Divergence("game", "game-a", 0, "deck", "b_red", "b_blue", "rules")
    end = Divergence("game", "game-a", 9, "won", "True", "False", "rules")

    report = report_of(start, divergence())
    report.merge(report_of(end, divergence()))

    assert report.counts["game"].diverged == 1
    assert report.counts["decision"].diverged == 1
    assert len(report.divergences) == 4


def test_json_holds_everything() -> None:
    told = orjson.loads(report_of(SAME, NEAR, divergence(3)).to_json())

    assert told["exit_code"] == 1
    assert told["counts"]["decision"] == {"identical": 1, "tolerated": 1, "diverged": 1}
    assert told["divergences"][0]["cause"] == "seed"
    assert told["furthest_tolerated"]["distance"] == 1e-6


def test_a_terminal_sees_counts_first_divergence_and_conclusion() -> None:
    console = Console(width=200, record=True, file=StringIO())

    console.print(report_of(SAME, divergence()).rendered())

    text = console.export_text()
    assert "First divergence: decision 2@game-a: action is DISCARD, but should be PLAY" in text
    assert "(cause: seed). Why." in text
    assert text.strip().endswith("1 decision not identical")
