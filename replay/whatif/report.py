"""A comparison for people and for programs."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
from rich.console import Group, RenderableType
from rich.table import Table

from jimbot_stream.charting.chart import Chart, Line
from jimbot_stream.charting.svg import document
from jimbot_stream.replay.whatif.comparing import Compared, Side
from jimbot_stream.replay.whatif.comparison import Comparison
from jimbot_stream.replay.whatif.support import Support
from jimbot_stream.replay.whatif.tally import Row

FORMAT: Final = "jimbot-replay whatif/1"
"""Stands in the JSON; described in replay/README.md."""
_NAME: Final = 32
"""Letters of a name in a heading."""
_SMALL: Final = 1e-3
"""Less is told by its power of ten."""
_FIRST: Final = 5
"""First partings that the text tells."""


def rendered(found: Comparison) -> RenderableType:
    """Tables and sentences."""
    parts: list[RenderableType] = [_head(found), _agreement(found)]
    if found.tally.partings:
        parts.append(_partings(found))
        parts.append("\n".join(_first(found)))
    if found.estimates:
        parts.append(_values(found))
    parts.append("\n".join(_supported(found)))
    return Group(*parts)


def to_json(found: Comparison) -> bytes:
    """Everything, as one JSON object; numbers that are not finite are null."""
    tally = found.tally
    return orjson.dumps(
        {
            "format": FORMAT,
            "ours": found.ours,
            "theirs": found.theirs,
            "games": tally.games,
            "decisions": tally.whole.decisions,
            "unanswered": tally.unanswered,
            "left_out": dict(sorted(tally.left_out.items())),
            "agreement": _row(tally.whole),
            "by_verb": {verb: _row(row) for verb, row in sorted(tally.by_verb.items())},
            "by_ante": {str(ante): _row(row) for ante, row in sorted(tally.by_ante.items())},
            "first_partings": [
                {"game": each.game, "decision": each.decision, "address": each.address}
                for each in tally.first
            ],
            "partings": [_parting(each) for each in tally.partings],
            "reward": found.terms.reward,
            "gamma": found.terms.gamma,
            "terms": found.terms.source,
            "horizon": found.horizon,
            "support": _support(found.support),
            "estimates": [
                {
                    "estimator": each.estimator,
                    "value": each.value,
                    "difference": each.difference.estimate,
                    "low": each.difference.low,
                    "high": each.difference.high,
                    "interval": each.interval,
                }
                for each in found.estimates
            ],
        },
        option=orjson.OPT_INDENT_2,
    )


def picture(found: Comparison) -> str:
    """Shares of partings, and distances of the policies, by ante, as an SVG document."""
    rows = sorted(found.tally.by_ante.items())
    antes = tuple(float(ante) for ante, _ in rows)
    parted = Line(
        "parted",
        antes,
        tuple(1 - row.agreement.estimate for _, row in rows),
        tuple(1 - row.agreement.high for _, row in rows),
        tuple(1 - row.agreement.low for _, row in rows),
    )
    known = [(float(ante), row.mean_variation) for ante, row in rows]
    apart = [(ante, value) for ante, value in known if value is not None]
    distance = Line(
        "total variation", tuple(ante for ante, _ in apart), tuple(value for _, value in apart)
    )
    title = f"{found.ours[:12]} beside {found.theirs[:12]}: "
    charts = [Chart(f"{title}share of decisions in which they part", "ante", (parted,))]
    if apart:
        charts.append(Chart(f"{title}distance of the policies", "ante", (distance,)))
    return document(charts)


def _head(found: Comparison) -> str:
    tally = found.tally
    counts = f"{tally.whole.decisions:,} decisions of {tally.games:,} games"
    lines = [f"{found.ours[:_NAME]} beside {found.theirs[:_NAME]}: {counts}"]
    if tally.unanswered:
        lines.append(f"{tally.unanswered:,} decisions were made without weights, and are left out")
    for reason, count in sorted(tally.left_out.items()):
        lines.append(f"{count:,} games left out: {reason}")
    return "\n".join(lines)


def _agreement(found: Comparison) -> Table:
    table = Table(title="Agreement, with 95 % intervals")
    for name in ("", "decisions", "the same", "KL, nats", "variation"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    tally = found.tally
    if tally.whole.decisions:
        table.add_row("all", *_cells(tally.whole), end_section=True)
    for verb, row in sorted(tally.by_verb.items()):
        table.add_row(verb.replace("_", " "), *_cells(row))
    table.add_section()
    for ante, row in sorted(tally.by_ante.items()):
        table.add_row(f"ante {ante}", *_cells(row))
    return table


def _cells(row: Row) -> tuple[str, ...]:
    same = row.agreement
    return (
        f"{row.decisions:,}",
        f"{same.estimate:.1%} [{same.low:.1%}, {same.high:.1%}]",
        _number(row.mean_divergence),
        _number(row.mean_variation),
    )


def _partings(found: Comparison) -> Table:
    table = Table(
        title="Where they part, both surest of it first",
        caption="what each does, and to it the probabilities of that / of what the other does",
    )
    for name in ("decision", "ante", found.ours[:12], "value", found.theirs[:12], "value"):
        table.add_column(name, overflow="fold")
    for each in found.tally.partings:
        table.add_row(
            each.address,
            str(each.ante),
            _does(each.ours),
            _number(each.ours.value),
            _does(each.theirs),
            _number(each.theirs.value),
        )
    return table


def _does(side: Side) -> str:
    """The action, its probability, and that of the other one's action."""
    return f"{side.action} ({_number(side.own)} / {_number(side.others)})"


def _first(found: Comparison) -> Iterator[str]:
    tally = found.tally
    same = tally.games - len(tally.first)
    yield f"{len(tally.first):,} games part, {same:,} are the same to the end; the first partings:"
    for each in tally.first[:_FIRST]:
        yield f"  {each.game}: at {each.address}, after {each.decision} equal decisions"
    if len(tally.first) > _FIRST:
        yield f"  … and {len(tally.first) - _FIRST:,} more (--json tells all)"


def _values(found: Comparison) -> Table:
    title = f"Value of {found.ours[:12]} less that of {found.theirs[:12]}, with 95 % intervals"
    table = Table(title=title)
    for name in ("estimator", "value", "difference", "interval"):
        table.add_column(name)
    for each in found.estimates:
        difference = each.difference
        told = f"{difference.estimate:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]"
        table.add_row(each.estimator, f"{each.value:.3f}", told, each.interval)
    return table


def _supported(found: Comparison) -> Iterator[str]:
    support, terms = found.support, found.terms
    if not support.enough:
        yield "No value is estimated, support is too thin:"
        yield from (f"  {why}" for why in support.why_thin)
        if 0 < support.holds_for < support.steps:
            yield (
                f"  The weights hold for the first {support.holds_for} decisions of a game:"
                f" --horizon {support.holds_for} counts what those bring."
            )
    if support.games:
        until = "all decisions" if found.horizon is None else f"{found.horizon} decisions"
        yield (
            f"reward {terms.reward}, discount {terms.gamma:g} ({terms.source}), {until};"
            f" games weighed {support.games:,}, effective number {support.effective:.1f},"
            f" largest share {support.share:.1%}, mean weight {support.mean_weight:.3g}"
        )


def _row(row: Row) -> Mapping[str, Any]:
    if not row.decisions:
        return {"decisions": 0}
    same = row.agreement
    return {
        "decisions": row.decisions,
        "agreed": row.agreed,
        "share": same.estimate,
        "low": same.low,
        "high": same.high,
        "kl": row.mean_divergence,
        "total_variation": row.mean_variation,
    }


def _parting(each: Compared) -> Mapping[str, Any]:
    return {
        "address": each.address,
        "ante": each.ante,
        "verb": each.verb,
        "ours": _side(each.ours),
        "theirs": _side(each.theirs),
        "kl": each.divergence,
        "total_variation": each.variation,
    }


def _side(side: Side) -> Mapping[str, Any]:
    return {
        "action": side.action,
        "probability": side.own,
        "probability_of_the_other": side.others,
        "value": side.value,
    }


def _support(support: Support) -> Mapping[str, Any]:
    return {
        "enough": support.enough,
        "why_thin": list(support.why_thin),
        "games": support.games,
        "left_out": support.left_out,
        "effective_games": support.effective,
        "largest_share": support.share,
        "mean_weight": support.mean_weight,
        "steps": support.steps,
        "holds_for": support.holds_for,
    }


def _number(value: float | None) -> str:
    if value is None:
        return "?"
    if not math.isfinite(value):
        return "∞"
    return f"{value:.3f}" if abs(value) >= _SMALL or value == 0.0 else f"{value:.1e}"
