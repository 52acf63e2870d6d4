"""Was the record edited? Every event against its digest, its id and the event before it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.digest import StreamVerifier, read_chain_fields
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.eventlog.verify import verify_file
from jimbot_stream.replay.history import Entry, History, finding
from jimbot_stream.replay.verdict import Cause, Divergence, Match, Verdict


def check_chain(history: History) -> Iterator[Verdict]:
    """One verdict for each event of a stream: genuine and understood, or not.

    The id of an event is bound to its content, so an edit is located at the event itself
    even where only the next one's ``prev`` shows it.
    """
    verifier = StreamVerifier(history.stream)
    for place, entry in enumerate(history.entries):
        faults = list(_faults(entry, place, verifier))
        if faults:
            yield faults[0]
        else:
            yield Match("event", entry.event.stream, entry.event.revision)


def check_file(path: Path) -> Iterator[Verdict]:
    """Check the file of an embedded log: the hash over all its rows, and SQLite's own check.

    It sees what no stream can show: a whole stream that is gone, a changed time.

    Raises:
        EventLogError: no such file, or it is not an event log.
    """
    *_, report = verify_file(path)
    for problem in report.problems:
        revision, _, stream = problem.where.partition("@")
        known = revision.isdecimal()
        yield Divergence(
            "file",
            stream if known else path.name,
            int(revision) if known else 0,
            "row",
            "as written",
            problem.what,
            "tampering",
            position=-1 if problem.position is None else problem.position,
        )
    if not report.problems:
        yield Match("file", path.name, 0)


def _faults(entry: Entry, place: int, verifier: StreamVerifier) -> Iterator[Divergence]:
    yield from chain_faults(entry.event, entry.metadata, verifier, is_first=place == 0)
    if entry.fault is not None:
        yield entry.fault


def chain_faults(
    event: RecordedEvent, metadata: Mapping[str, str], verifier: StreamVerifier, *, is_first: bool
) -> Iterator[Divergence]:
    """What is wrong with an event's place in its chain, and with its id; it is the next one."""
    if is_first and event.revision != 0:
        yield _finding(
            event, "revision", "0", str(event.revision), "missing", "The head is cut off."
        )
    gap = verifier.expected is not None and event.revision > verifier.expected
    for damage in list(verifier.check(event)):  # all of it: the verifier moves on at the end
        cause: Cause = "missing" if damage.kind == "revision" and gap else "tampering"
        yield _finding(event, damage.kind, "as appended", damage.detail, cause)
    if None in read_chain_fields(event):
        yield _finding(event, "metadata", "digest and prev", "neither or one", "tampering")
    expected = _own_id(event, metadata)
    if expected != str(event.id):
        yield _finding(
            event,
            "id",
            expected,
            str(event.id),
            "tampering",
            "The id is bound to the content: content or id was changed.",
        )


def _own_id(event: RecordedEvent, metadata: Mapping[str, str]) -> str:
    correlation = metadata.get("$correlationId", "")
    return str(event_id(event.stream, event.type, correlation, event.data, event.metadata))


def _finding(
    event: RecordedEvent, field: str, expected: str, got: str, cause: Cause, why: str = ""
) -> Divergence:
    return finding(event, "event", field, expected, got, cause, why)
