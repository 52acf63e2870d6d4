"""A contender that needs no library: a script in place of its Python, which says how it goes."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = """#!{python}
import json, sys
{begin}
for line in sys.stdin:
    asked = json.loads(line)
    steps = {rates}[asked["threads"]] * asked["seconds"]
    told = {{"steps": steps, "seconds": asked["seconds"], "ended": [[1.0, 0.5], [3.0, 2.5]]}}
    print(json.dumps(told), flush=True)
"""
READY = 'print(json.dumps({"versions": {"acme": "1.2"}}), flush=True)'
MISSING = 'print(json.dumps({"missing": "acme"}), flush=True); sys.exit()'
BROKEN = 'sys.exit("no such card")'

Pretender = Callable[..., str]


@pytest.fixture
def pretender(tmp_path: Path) -> Pretender:
    """Path of a contender that makes so many steps a second with one thread and with two."""

    def made(name: str, one: float = 1.0, two: float = 1.0, begin: str = READY) -> str:
        path = tmp_path / name
        path.write_text(SCRIPT.format(python=sys.executable, begin=begin, rates={1: one, 2: two}))
        path.chmod(0o755)
        return str(path)

    return made
