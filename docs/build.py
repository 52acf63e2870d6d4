"""Writes the reference pages from the code: ``python docs/build.py [--check]``.

With ``--check`` nothing is written; pages that are stale are named, and the exit code is 1.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from jimbot_stream.agents import hyperparameters
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.balatro.catalogue import GROUPS, Entry, entries
from jimbot_stream.balatro.kernels.candidates import CAPACITY
from jimbot_stream.balatro.tables.columns import (
    CANDIDATE,
    CANDIDATE_GROUPS,
    GLOBAL,
    GLOBAL_GROUPS,
    Group,
)
from jimbot_stream.config import Settings
from jimbot_stream.contracts.reference import build_image, events_page
from jimbot_stream.streams.intake.rejection import REASONS, reasons
from jimbot_stream.streams.metrics import BUCKETS, COUNTERS, HISTOGRAMS
from jimbot_stream.streams.topics import DAY_MS, TOPICS, TopicSpec

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them; the exit code."""
    stale = [name for name, text in build().items() if text != _present(name)]
    if "--check" in arguments:
        for name in stale:
            sys.stderr.write(f"docs/reference/{name} is stale: run python docs/build.py\n")
        return 1 if stale else 0
    PAGES.mkdir(exist_ok=True)
    for name in stale:
        (PAGES / name).write_text(build_page(name), encoding="utf-8")
        sys.stdout.write(f"wrote docs/reference/{name}\n")
    return 0


def build() -> Mapping[str, str]:
    """Every page by its file name."""
    return {name: build_page(name) for name in _WRITERS}


def build_page(name: str) -> str:
    """One page, with the line that says how it came to be."""
    return "<!-- Written by docs/build.py: edit what it reads. -->\n\n" + _WRITERS[name]()


def _present(name: str) -> str:
    path = PAGES / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _events() -> str:
    return events_page(build_image(ROOT / "proto"))


def _topics() -> str:
    head = [
        "# Topics",
        "",
        "Every topic is declared by its first user. `JIMBOT_TOPIC_PREFIX` goes before the name,",
        "`JIMBOT_PARTITIONS` says how many partitions the partitioned ones have.",
        "",
    ]
    columns = ("topic", "content", "key", "partitions", "kept", "upstream spelling")
    return _page(head, columns, map(_topic, TOPICS))


def _topic(topic: TopicSpec) -> Sequence[str]:
    kept = "the newest per key" if topic.compacted else f"{topic.retention_ms // DAY_MS} days"
    partitions = "as set" if topic.partitioned else "1"
    upstream = ", ".join(f"`{name}`" for name in topic.upstream) or "none"
    return f"`{topic.name}`", topic.content, topic.key, partitions, kept, upstream


def _metrics() -> str:
    head = [
        "# Metrics",
        "",
        "The worker serves them to Prometheus at `/metrics/prometheus` on `JIMBOT_WEB_PORT`,",
        "each as told here with `jimbot_` before the name and, for counters, `_total` behind.",
        f"Histograms are in seconds, with buckets up to {', '.join(map(str, BUCKETS))}.",
        "",
    ]
    rows = [(f"`{name}`", "counter", text) for name, text in COUNTERS.items()]
    rows += [(f"`{name}`", "histogram", text) for name, text in HISTOGRAMS.items()]
    return _page(head, ("metric", "kind", "meaning"), rows)


def _settings() -> str:
    head = ["# Settings", "", "Read from the environment, once, by every process.", ""]
    rows = [
        (f"`{item.metadata['env']}`", _default(item.default), item.metadata["doc"])
        for item in fields(Settings)
    ]
    return _page(head, ("variable", "default", "meaning"), rows)


def _default(value: object) -> str:
    return f"`{value}`" if str(value) else "empty"


def _dead_letters() -> str:
    head = [
        "# Dead letters",
        "",
        "What cannot be used goes to the topic `dead-letter` as a",
        "[RecordRejected](events.md#recordrejected): the bytes as they came, where they came",
        "from, one of these reasons, the path of the offending field, and a sentence.",
        "The worker goes on; other events are not affected.",
        "",
    ]
    rows = [(f"`{reason}`", REASONS[reason]) for reason in reasons()]
    return _page(head, ("reason", "meaning"), rows)


def _cards() -> str:
    head = [
        "# Cards",
        "",
        f"What every card does under the rules `{RULES_VERSION}`. Each sentence is made from the",
        "row of `src/jimbot_stream/balatro/tables/` by which the engine acts, and printed by",
        "`jimbot-balatro cards` as well. States, actions and observations are described in",
        "[the engine's page](../engine.md).",
    ]
    sections = [
        _page(["", f"## {group}", ""], _CARD_COLUMNS, map(_card, _of(group))) for group in GROUPS
    ]
    return "\n".join(head) + "\n" + "".join(sections)


def _observation() -> str:
    head = [
        "# Observations",
        "",
        f"What a policy sees of a state: {len(GLOBAL)} columns of the state as a whole, and for",
        f"each of at most {CAPACITY} candidates {len(CANDIDATE)} more. All are float32 within the",
        "range given here; `_log` is log2(1 + x) / 16. Nothing in them is hidden from the player:",
        "of the draw pile and of cards that lie face down only counts are told.",
    ]
    parts = (("The state", GLOBAL_GROUPS), ("A candidate", CANDIDATE_GROUPS))
    return "\n".join(head) + "\n" + "".join(_groups(name, groups) for name, groups in parts)


def _hyperparameters() -> str:
    tables = (
        _page(["", f"## {name}", ""], columns, rows)
        for name, columns, rows in hyperparameters.sections()
    )
    return hyperparameters.HEAD + "".join(tables)


def _groups(name: str, groups: Iterable[Group]) -> str:
    rows, first = [], 0
    for group in groups:
        last = first + len(group.names) - 1
        rows.append((f"{first}-{last}" if last > first else f"{first}", *_columns(group)))
        first = last + 1
    return _page(["", f"## {name}", ""], ("index", "columns", "meaning", "range"), rows)


def _columns(group: Group) -> Sequence[str]:
    names = group.names
    ends = [names[0], names[-1]] if len(names) > _NAMED else names
    shown = (" … " if len(names) > _NAMED else ", ").join(f"`{name}`" for name in ends)
    return shown, group.text, f"{group.low:g} to {group.high:g}"


_NAMED = 6
"""So many columns of a group are named one by one."""


_CARD_COLUMNS = ("name", "key", "rule", "notes")


def _of(group: str) -> Iterable[Entry]:
    return (entry for entry in entries() if entry.group == group)


def _card(entry: Entry) -> Sequence[str]:
    return entry.name, f"`{entry.key}`", entry.rule, entry.notes


def _page(head: Iterable[str], columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [*head, _row(columns), "|" + "---|" * len(columns), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


_WRITERS: Mapping[str, Callable[[], str]] = {
    "events.md": _events,
    "topics.md": _topics,
    "settings.md": _settings,
    "metrics.md": _metrics,
    "dead-letters.md": _dead_letters,
    "cards.md": _cards,
    "observation.md": _observation,
    "hyperparameters.md": _hyperparameters,
}

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
