"""A verification spread over processes: each opens the log itself and answers in counts."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.replay.chains import check_file
from jimbot_stream.replay.opening import file_of, open_reader
from jimbot_stream.replay.policies import Policies
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.report import Report
from jimbot_stream.replay.survey import Origins, Survey
from jimbot_stream.replay.verdict import Verdict

GAMES_AT_ONCE = 8
"""Games of one job: enough to make opening the log not matter, few enough to share out."""

A_PROCESS = 2000
"""Decisions that take about as long as starting a process: it has torch and ray to load."""

AN_UPDATE = 500
"""Decisions that take about as long as an update, or an evaluation."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where log and blobs are; can be sent to another process."""

    log: str
    blobs: Path


@dataclass(frozen=True, slots=True)
class Job:
    """A part of a verification that one process does at a time."""

    kind: Literal["file", "games", "run", "update", "checkpoints", "evaluation", "service", "seals"]
    streams: Sequence[str]
    """Streams, or the path of the file."""
    revisions: Sequence[int] = ()
    weight: int = 0
    """Decisions and updates in it, for the progress bar."""
    saved: Collection[str] = ()
    """For checkpoints: those that training runs saved."""
    origins: Origins = field(default_factory=dict)
    """For what was in service: runs by checkpoint."""


def jobs_of(
    source: Source, part: Survey, *, updates: bool, whole: bool, evaluations: bool = True
) -> Iterator[Job]:
    """The work; updates first, since each of them takes longest.

    Whole: nothing was left out of the survey, so the log's file is checked as well.
    """
    for stream, revisions in part.runs.items():
        yield Job("run", [stream])
        for part_of in _chains(revisions, part.following.get(stream, ())) if updates else ():
            yield Job("update", [stream], part_of, len(part_of))
    games = list(part.games)
    for start in range(0, len(games), GAMES_AT_ONCE):
        chunk = games[start : start + GAMES_AT_ONCE]
        yield Job("games", chunk, weight=sum(part.games[stream] for stream in chunk))
    file = file_of(source.log)
    if whole and file is not None:
        yield Job("file", [str(file)])
    if part.checkpoints:
        yield Job("checkpoints", list(part.checkpoints), saved=list(part.saved))
    for stream in part.evaluations if evaluations else ():
        yield Job("evaluation", [stream], weight=1)
    if part.service:
        yield Job("service", part.service, origins=part.origins)
    if part.seals and whole:
        yield Job("seals", part.seals)


def _chains(revisions: Sequence[int], following: Collection[int]) -> Iterator[list[int]]:
    """Updates, each with those after it that begin with what it makes again."""
    chain: list[int] = []
    for revision in revisions:
        if chain and revision not in following:
            yield chain
            chain = []
        chain.append(revision)
    if chain:
        yield chain


def verify_in_parallel(
    source: Source, jobs: Sequence[Job], processes: int, done: Callable[[Job], None]
) -> Report:
    """Do all jobs and add up their reports; done hears of each in the order of finishing."""
    report = Report()
    for job, part in _parts(source, jobs, min(processes, _worth(jobs))):
        report.merge(part)
        done(job)
    return report


def _worth(jobs: Sequence[Job]) -> int:
    """Processes that have enough to do to make up for the seconds of their start."""
    long = ("update", "evaluation")
    effort = sum(job.weight * (AN_UPDATE if job.kind in long else 1) for job in jobs)
    return max(1, effort // A_PROCESS)


def _parts(source: Source, jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, Report]]:
    if processes == 1:
        yield from ((job, do(source, job)) for job in jobs)
        return
    spawn = multiprocessing.get_context("spawn")  # a fork would copy torch's threads half alive
    with ProcessPoolExecutor(min(processes, len(jobs)), mp_context=spawn) as pool:
        waiting = {pool.submit(do, source, job): job for job in jobs}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


def do(source: Source, job: Job) -> Report:
    """Do one job in this process."""
    return asyncio.run(_do(source, job))


async def _do(source: Source, job: Job) -> Report:
    report = Report()
    if job.kind == "file":
        for found in check_file(Path(*job.streams)):
            report.add(found)
        return report
    async with open_reader(source.log) as log:
        async for verdict in _verdicts(Replayer(log, *_blobs(source.blobs)), job):
            report.add(verdict)
    return report


def _verdicts(replayer: Replayer, job: Job) -> AsyncIterator[Verdict]:
    if job.kind == "games":
        return replayer.verify_games(job.streams)
    if job.kind == "checkpoints":
        return replayer.verify_checkpoints(job.streams, job.saved)
    if job.kind == "service":
        return replayer.verify_service(job.streams, job.origins)
    if job.kind == "seals":
        return replayer.verify_seals(job.streams)
    (stream,) = job.streams
    if job.kind == "evaluation":
        return replayer.verify_evaluation(stream)
    if job.kind == "run":
        return replayer.verify_run(stream)
    return replayer.verify_updates(stream, job.revisions)


@cache
def _blobs(folder: Path) -> tuple[BlobStore, Policies]:
    """Loaded policies outlive a job: the next one in this process mostly needs the same."""
    blobs = BlobStore(folder)
    return blobs, Policies(blobs)
