from dataclasses import replace
from pathlib import Path

import pytest
from bench.contenders.ours import task_of
from bench.contenders.process import ContenderError, MissingError, Running
from bench.contenders.task import Task

from tests.unit.bench.conftest import BROKEN, MISSING, READY, Pretender

TASK = replace(task_of(), games=2)


def test_a_task_survives_the_command_line() -> None:
    assert Task.from_json(TASK.to_json()) == TASK


def test_a_contender_takes_turns_and_its_memory_is_noted(pretender: Pretender) -> None:
    with Running("sb3", "flat", TASK, pretender("sb3", 100, 300)) as running:
        assert running.versions == {"acme": "1.2"}
        assert running.turn(1, 0.5).rate == 100
        assert running.turn(2, 0.5).rate == 300
    assert running.peak_rss >= running.peak_pss > 0


def test_one_that_is_not_installed_tells_how_to_install_it(pretender: Pretender) -> None:
    with pytest.raises(MissingError, match=r"acme is missing.*make peers"):
        Running("sb3", "flat", TASK, pretender("sb3", begin=MISSING))


def test_one_that_fails_tells_what_it_last_wrote(pretender: Pretender) -> None:
    with pytest.raises(ContenderError, match=r"sb3 \(flat\) ended with code 1:\nno such card"):
        Running("sb3", "flat", TASK, pretender("sb3", begin=BROKEN))


def test_what_a_contender_leaves_where_it_runs_is_not_left_here(pretender: Pretender) -> None:
    begin = f"import os; os.symlink('/', 'left')\n{READY}"
    before = sorted(Path.cwd().iterdir())
    with Running("sb3", "flat", TASK, pretender("sb3", begin=begin)):
        assert sorted(Path.cwd().iterdir()) == before
