"""``jimbot-replay``: the audit from the command line."""

import asyncio
import os
import sys
from pathlib import Path

import click
from rich.console import Console

from jimbot_stream.clock import SystemClock
from jimbot_stream.eventlog import EventLogError
from jimbot_stream.replay.attesting.cli import attest, check_attestation
from jimbot_stream.replay.bundling.checking import check_bundle, unreadable
from jimbot_stream.replay.bundling.cli import export_command, import_command
from jimbot_stream.replay.bundling.durable import digest_of
from jimbot_stream.replay.bundling.manifest import MANIFEST
from jimbot_stream.replay.bundling.opening import PREFIX, folder_of
from jimbot_stream.replay.junit import to_junit
from jimbot_stream.replay.lineage.cli import lineage
from jimbot_stream.replay.lines import BundleError
from jimbot_stream.replay.opening import open_reader
from jimbot_stream.replay.parallel import Source, jobs_of, verify_in_parallel
from jimbot_stream.replay.replayer import Selection
from jimbot_stream.replay.report import Report
from jimbot_stream.replay.seals.cli import check_proof, fsck, keygen, prove, seal
from jimbot_stream.replay.showing import AddressError, show_events
from jimbot_stream.replay.sources import DATA, LOG, CannotError, progress, source_of
from jimbot_stream.replay.survey import Survey, survey
from jimbot_stream.replay.travel.cli import at, diff, list_command
from jimbot_stream.replay.whatif.cli import whatif


@click.group()
def main() -> None:
    """Run a recorded history again and say where, if anywhere, it differs."""


@main.command()
@LOG
@DATA
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, exists=True),
    help="An exported bundle, a folder or a .tar file, instead of a log: first its files.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Everything; so it is where none is named as well."
)
@click.option("--game", "games", multiple=True, metavar="ID", help="Only this game; repeatable.")
@click.option("--run", "runs", multiple=True, metavar="ID", help="Only this run; repeatable.")
@click.option("--no-updates", is_flag=True, help="Compute no learner update again.")
@click.option("--no-evaluations", is_flag=True, help="Play no evaluation again.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one per processor",
    help="Processes to use at most.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report here, too.",
)
@click.option(
    "--junit",
    "junit_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The same as JUnit XML, for a build server.",
)
def verify(
    log: str | None,
    data: Path | None,
    bundle: Path | None,
    everything: bool,
    games: tuple[str, ...],
    runs: tuple[str, ...],
    no_updates: bool,
    no_evaluations: bool,
    jobs: int,
    json_file: Path | None,
    junit_file: Path | None,
) -> None:
    """Execute every decision, update and evaluation again and compare.

    Exit code 0: something was verified and all of it is identical. 1: something differs.
    2: nothing could be verified: no decision, update or evaluation, no readable log,
    wrong usage.
    3: no divergence, but another class of machine, equal within the tolerance only.
    """
    if everything and (games or runs or no_updates or no_evaluations):
        raise click.UsageError("--all leaves nothing out: give no other choice with it")
    if bundle is not None and (log or data):
        raise click.UsageError("--bundle is log and blobs in one: give neither --log nor --data")
    selection = Selection(games, runs, updates=not no_updates, evaluations=not no_evaluations)
    try:
        if bundle is not None:
            report = _verified_bundle(bundle, selection, jobs)
        else:
            report = _verified(source_of(log, data), selection, jobs)
    except (EventLogError, BundleError) as error:
        raise CannotError(str(error)) from error
    if json_file is not None:
        json_file.write_bytes(report.to_json())
    if junit_file is not None:
        junit_file.write_bytes(to_junit(report))
    Console(highlight=False).print(report.rendered())
    sys.exit(report.exit_code)


@main.command()
@LOG
@DATA
@click.argument("address", metavar="STREAM|REVISION@STREAM")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def show(log: str | None, data: Path | None, address: str, as_json: bool) -> None:
    """Print the events of a stream, or one event of it."""
    source = source_of(log, data)
    try:
        asyncio.run(show_events(source.log, address, Console(highlight=False), as_json=as_json))
    except (EventLogError, BundleError, AddressError) as error:
        raise CannotError(str(error)) from error


def _verified(source: Source, selection: Selection, processes: int) -> Report:
    clock = SystemClock()
    started = clock.monotonic()
    part = selection.of(asyncio.run(_survey(source.log)))
    work = list(
        jobs_of(
            source,
            part,
            updates=selection.updates,
            whole=selection.is_everything,
            evaluations=selection.evaluations,
        )
    )
    with progress() as shown:
        bar = shown.add_task("verifying", total=sum(job.weight for job in work))
        report = verify_in_parallel(
            source, work, processes, lambda job: shown.advance(bar, job.weight)
        )
    for verdict in part.verdicts:
        report.add(verdict)
    if not selection.updates:
        report.not_made_again = sum(part.pruned.values())
    report.seconds = clock.monotonic() - started
    return report


def _verified_bundle(bundle: Path, selection: Selection, processes: int) -> Report:
    """Files against the manifest, and, where events can be read at all, what they tell."""
    with folder_of(bundle) as folder:
        files = list(check_bundle(folder))
        told = digest_of(folder / MANIFEST)
        click.echo(f"manifest sha256 {told}: compare it with the one you were told")
        report = Report()
        if not unreadable(files):
            report = _verified(source_of(f"{PREFIX}{folder}", None), selection, processes)
        for verdict in files:
            report.add(verdict)
        return report


async def _survey(address: str) -> Survey:
    async with open_reader(address) as log:
        return await survey(log)


for _command in (
    *(seal, prove, check_proof, fsck, keygen),
    *(export_command, import_command, attest, check_attestation),
    *(whatif, lineage),
    *(list_command, at, diff),
):
    main.add_command(_command)


if __name__ == "__main__":
    main()
