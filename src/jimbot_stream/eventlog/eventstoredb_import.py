"""Importing ``eventstoredb``, whose betterproto wants a module that setuptools has dropped.

betterproto 2.0.0b5 asks ``pkg_resources`` for its own version, nothing else. While it is
imported, a stand-in answers out of ``importlib.metadata``; afterwards it is gone again.
"""

import importlib.metadata
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def _pkg_resources() -> Iterator[None]:
    before = sys.modules.get("pkg_resources")
    stand_in = ModuleType("pkg_resources")
    stand_in.__dict__["get_distribution"] = importlib.metadata.distribution
    sys.modules["pkg_resources"] = stand_in
    try:
        yield
    finally:
        if before is None:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = before


with _pkg_resources():
    import betterproto
    import eventstoredb

__all__ = ["betterproto", "eventstoredb"]
