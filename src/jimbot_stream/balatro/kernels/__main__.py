"""Compile all kernels ahead of time: ``python -m jimbot_stream.balatro.kernels``."""

import sys
import time

from jimbot_stream.balatro.kernels.warming import warm


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Compile what is not compiled yet, telling what takes how long."""
    begun = last = time.monotonic()
    for name in warm():
        now = time.monotonic()
        _tell(f"compiled {name:<10} {now - last:6.1f} s")
        last = now
    _tell(f"kernels ready after {last - begun:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
