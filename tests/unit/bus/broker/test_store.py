"""The file under the broker: who may hold it, and who waits for whom."""

import asyncio
import sqlite3
from pathlib import Path

from jimbot_stream.bus.broker.store import Store


async def test_a_read_beside_the_traffic_does_not_wait_for_a_write(tmp_path: Path) -> None:
    store = Store(tmp_path / "broker.sqlite")

    def count(reader: sqlite3.Connection) -> int:
        return int(reader.execute("SELECT count(*) FROM batch").fetchone()[0])

    def long_write(_: sqlite3.Connection) -> int:
        return asyncio.run_coroutine_threadsafe(store.beside(count), loop).result(4)

    try:
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(store.thread, store.transact, long_write) == 0
    finally:
        store.close()


async def test_the_file_can_shrink(tmp_path: Path) -> None:
    store = Store(tmp_path / "broker.sqlite")
    try:
        assert store.reader.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert store.reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        store.close()
