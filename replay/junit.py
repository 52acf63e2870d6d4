"""A report as JUnit XML, which build servers show: a test for every kind of thing in a stream."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from jimbot_stream.replay.report import Count, Report
from jimbot_stream.replay.verdict import Divergence, Kind

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot say, not even escaped."""


def to_junit(report: Report) -> bytes:
    """The document; a suite for each kind, a test for each stream, failures with every place."""
    suites = ET.Element("testsuites", name="jimbot-replay", time=f"{report.seconds:.3f}")
    for kind in report.counts:
        parts = {stream: count for (of, stream), count in report.parts.items() if of == kind}
        if parts:
            _suite(suites, kind, parts.items(), report.divergences)
    for name in ("tests", "failures"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    ET.indent(suites)
    found: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return found


def _suite(
    suites: ET.Element,
    kind: Kind,
    parts: Iterable[tuple[str, Count]],
    divergences: Sequence[Divergence],
) -> None:
    suite = ET.SubElement(suites, "testsuite", name=f"{kind}s")
    for stream, count in sorted(parts, key=lambda part: part[0]):
        name = f"{count.total:,} {kind}{'' if count.total == 1 else 's'}"
        case = ET.SubElement(suite, "testcase", classname=_text(stream), name=name)
        if count.diverged:
            places = [d for d in divergences if (d.kind, d.stream) == (kind, stream)]
            _fail(case, count, places)
        elif count.tolerated:
            told = f"{count.tolerated:,} equal within the tolerance for another class of machine"
            ET.SubElement(case, "system-out").text = told
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))


def _fail(case: ET.Element, count: Count, places: Sequence[Divergence]) -> None:
    """Everything that is known of what differs: of a long list the report keeps the beginning."""
    told = _text(str(places[0])) if places else f"{count.diverged:,} places, listed further up"
    failure = ET.SubElement(case, "failure", message=told)
    failure.set("type", places[0].cause if places else "divergence")
    failure.text = _text("\n".join(map(str, places)))


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
