"""The process of one contender: ``python -m bench.contenders.serve NAME MODE TASK``.

It says on the first line that it is ready, or what is missing, and then takes a turn for
every line that it reads: ``{"threads": 1, "seconds": 5}``. Whatever the libraries print goes
to stderr.
"""

import json
import os
import sys
from time import perf_counter
from typing import Any, TextIO

from bench.contenders.registry import Contender, build, versions
from bench.contenders.task import Task


def main() -> None:
    """Serve until the input ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    name, mode, task = sys.argv[1:]
    try:
        contender = build(name, mode, Task.from_json(task))
    except ModuleNotFoundError as error:
        tell(out, {"missing": error.name})
        return
    contender.iterate()  # compiled code is loaded, buffers are made
    tell(out, {"versions": versions(contender)})
    for line in sys.stdin:
        tell(out, turn(contender, **json.loads(line)))
    contender.close()


def turn(contender: Contender, threads: int, seconds: float) -> dict[str, Any]:
    """Iterate until so much time has passed; only whole iterations count."""
    import torch  # a contender that is missing may have no torch, either

    torch.set_num_threads(threads)
    steps, begun = 0, perf_counter()
    while (passed := perf_counter() - begun) < seconds or not steps:
        steps += contender.iterate()
    return {"steps": steps, "seconds": passed, "ended": contender.ended()}


def tell(out: TextIO, told: dict[str, Any]) -> None:
    """One line for the command."""
    out.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
