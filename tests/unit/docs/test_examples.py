"""What the pages and the example scripts show in Python runs as it stands, with fewer games."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("README.md", "docs/engine.md")
FEWER = {"num_envs=1024": "num_envs=3", "GAMES, STEPS = 256, 200": "GAMES, STEPS = 3, 4"}
ALONE = ("environment.py",)
WITH_A_WORKER = ("decide.py", "produce.py")
"""Examples that ``tests/e2e/streams/test_examples.py`` runs beside a worker."""


def blocks() -> list[tuple[str, str]]:
    return [
        (page, block)
        for page in PAGES
        for block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    ]


def run(name: str, text: str) -> None:
    for many, few in FEWER.items():
        text = text.replace(many, few)
    exec(compile(text, name, "exec"), {"__name__": "__main__"})


def test_both_pages_show_python() -> None:
    assert {page for page, _ in blocks()} == set(PAGES)


@pytest.mark.parametrize(("page", "text"), blocks())
def test_what_a_page_shows_runs(page: str, text: str) -> None:
    run(page, text)


@pytest.mark.parametrize("name", ALONE)
def test_an_example_that_needs_nobody_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(name, (ROOT / "docs" / "examples" / name).read_text(encoding="utf-8"))
    assert re.fullmatch(
        r"12 steps in 3 games, \d+\.\d blinds' worth of score\n", capsys.readouterr().out
    )


def test_every_example_is_run_somewhere() -> None:
    there = {path.name for path in (ROOT / "docs" / "examples").glob("*.py")}
    assert there == {*ALONE, *WITH_A_WORKER}
