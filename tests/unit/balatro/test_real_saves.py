"""Saved games of real players hold the same streams and the same shuffled decks."""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.state import STREAMS, blank
from jimbot_stream.balatro.tables.streams import NUMBER

_NAME = re.compile(r"(shuffle|nr|cashout)(\d*)")


def hashed(text: str) -> float:
    return rng.pseudohash(np.frombuffer(text.encode(), dtype=np.uint8), len(text))


def stream_state(name: str, seed: str, uses: int) -> float:
    value = hashed(name + seed)
    for _ in range(uses):
        value = rng.push(value)
    return value


def wrong_streams(seed: str, streams: dict[str, list[Any]]) -> Iterable[str]:
    """Names of streams that stand elsewhere; saves print 13 decimals."""
    for name, (value, uses) in streams.items():
        if stream_state(name, seed, uses) != value:
            yield name


def test_every_stream_stands_where_the_save_says(reference: Callable[[str], Any]) -> None:
    for save in reference("real_saves.json")["saves"]:
        assert not list(wrong_streams(save["seed"], save["streams"])), save["save"]


def test_every_deck_lies_as_the_save_says(reference: Callable[[str], Any]) -> None:
    for save in reference("real_saves.json")["saves"]:
        found = _NAME.fullmatch(save["shuffle"])
        assert found, save["shuffle"]
        streams = blank(STREAMS)
        rng.begin(streams[0], np.frombuffer(save["seed"].encode(), dtype=np.uint8))
        seed = 0.0
        for _ in range(save["streams"][save["shuffle"]][1]):
            seed = rng.use(streams[0], NUMBER[found[1]], int(found[2] or 0))
        order = np.arange(save["cards"], dtype=np.int16)
        rng.shuffle_seed(order, save["cards"], seed)
        left = len(save["draw"])
        assert order[:left].tolist() == save["draw"], save["save"]


def test_all_saves_beside_the_repository_agree(shared: Path) -> None:
    files = sorted((shared / "real_saves").glob("*.json"))
    if not files:
        pytest.skip("no saves there")
    for file in files:
        save = json.loads(file.read_text())
        assert not list(wrong_streams(save["seed"], save["rng"])), file.name
