"""Memory of everything that ``jimbot-stream up`` starts, summed while it plays.

RSS counts a page shared by two processes twice; PSS shares it out, and is the honest sum.
"""

import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import click
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures

LIMIT_GIB = 3.0
EVERY_S = 0.5
NAMES = {
    "eventlog.cli": "store",
    "faust": "worker",
    "agents.cli": "learner",
    "replay.cli": "verification",
    "multiprocessing": "verification",
}


def name_of(process: psutil.Process, root: int) -> str:
    """Which part of the run a process is."""
    if process.pid == root:
        return "up: players, page"
    line = " ".join(process.cmdline())
    if "jimbot_stream.cli" in line and " broker " in line:
        return "broker"
    return next((name for mark, name in NAMES.items() if mark in line), "other")


def sample(root: psutil.Process) -> dict[str, tuple[int, int]]:
    """RSS and PSS in bytes by part of the run, right now."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for process in (root, *root.children(recursive=True)):
        try:
            memory = process.memory_full_info()
            name = name_of(process, root.pid)
        except psutil.Error:
            continue  # it ended while we looked
        rss, pss = found[name]
        found[name] = (rss + memory.rss, pss + getattr(memory, "pss", memory.rss))
    return dict(found)


def watch(arguments: list[str]) -> tuple[int, list[dict[str, tuple[int, int]]]]:
    """Run ``jimbot-stream up`` and sample it to its end."""
    with tempfile.TemporaryFile() as output:
        command = [sys.executable, "-m", "jimbot_stream.cli", "up", *arguments]
        running = subprocess.Popen(command, stdout=output, stderr=output)
        root = psutil.Process(running.pid)
        samples = []
        try:
            while running.poll() is None:
                samples.append(sample(root))
                try:
                    running.wait(EVERY_S)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if running.poll() is None:
                running.terminate()
                running.wait()
        if running.returncode:
            output.seek(0)
            print(output.read().decode(errors="replace"), file=sys.stderr)
    return running.returncode, samples


@click.command()
@figures.options
def main(quick: bool, json_file: Path | None) -> None:
    """Play with everything on, and print the peak of the summed memory."""
    games, generation = (12, 6) if quick else (240, 60)
    arguments = ["--games", str(games), "--generation", str(generation), "--no-page"]
    code, samples = watch(arguments)
    if code:
        sys.exit(code)
    peak = max(samples, key=lambda one: sum(pss for _, pss in one.values()))
    ordered = sorted(peak.items(), key=lambda item: -item[1][1])
    rows = [(name, rss / 2**20, pss / 2**20) for name, (rss, pss) in ordered]
    peak_pss = sum(pss for _, pss in peak.values()) / 2**30
    peak_rss = max(sum(rss for rss, _ in one.values()) for one in samples) / 2**30
    figures.show("Memory at the peak, in MiB", ("process", "RSS", "PSS"), rows)
    print(
        f"peak of the sums: PSS {peak_pss:.2f} GiB, RSS {peak_rss:.2f} GiB; limit {LIMIT_GIB} GiB"
    )
    figures.finish(
        {
            "games": games,
            "pss_peak_gib": round(peak_pss, 3),
            "rss_peak_gib": round(peak_rss, 3),
            "processes_mib": {
                name: {"rss": round(rss, 1), "pss": round(pss, 1)} for name, rss, pss in rows
            },
        },
        json_file,
    )
    sys.exit(0 if peak_rss < LIMIT_GIB else 1)


if __name__ == "__main__":
    main()
