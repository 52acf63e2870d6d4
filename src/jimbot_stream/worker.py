"""The Faust application: ``faust -A jimbot_stream worker``.

Faust is used where it is good (groups, assignment, tables, pages) and corrected where it
loses events; each correction says what happens without it. What the worker does with a
record stands in ``jimbot_stream.streams``, which ``autodiscover`` imports.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from typing import Any, Final

import faust
import uvloop
from faust.tables.manager import TableManager as FaustTableManager
from faust.tables.recovery import Recovery as FaustRecovery

from jimbot_stream.config import Settings, from_environment
from jimbot_stream.transport import Transport

APP_ID: Final = "jimbot-stream"
LOOPBACK: Final = "127.0.0.1"
DAY_MS: Final = 24 * 3600 * 1000
STOPPED_BY_FAILURE: Final = 70
"""Exit code when a neighbour failed for too long (EX_SOFTWARE)."""

logger = logging.getLogger(__name__)

Hook = Callable[[], Awaitable[None]]


class WebPortError(Exception):
    """The port for the worker's pages is taken; the message says what to set."""


class Recovery(FaustRecovery):  # type: ignore[misc]  # faust is untyped here
    """Recovery of tables that does not lose events.

    Faust resumes flow to read changelogs, so its fetcher may deliver events while the
    partitions are still being sought back to the committed offsets; resuming flow for
    good then empties the queues, and those events are never read again.
    """

    async def on_rebalance(self, *args: Any, **kwargs: Any) -> None:
        """Say no longer that the tables are there; Faust would say so once and for all."""
        self.completed.clear()
        await super().on_rebalance(*args, **kwargs)

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Hold the flow back until the partitions stand where they were committed."""
        self.app.flow_control.suspend()
        self.app.consumer.stop_flow()
        await super().on_recovery_completed(generation_id)


class TableManager(FaustTableManager):  # type: ignore[misc]  # faust is untyped here
    """Manages tables with the corrected recovery."""

    _recovery: FaustRecovery | None

    @property
    def recovery(self) -> FaustRecovery:
        """Recovery service used by this table manager."""
        if self._recovery is None:
            self._recovery = Recovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery


_changes: ContextVar[list[Any] | None] = ContextVar("changes", default=None)


class Table(faust.Table):  # type: ignore[misc]  # faust is untyped here
    """A table of bytes by bytes, whose changes can be waited for.

    Faust commits offsets after flushing its producer for at most a tenth of a second,
    so a slow broker could lose changelog records of events that were committed.
    """

    def _serializer_from_type(self, typ: object) -> str:
        """Keep bytes as they are.

        A table's changelog is declared while the table is made: serializers that are set
        afterwards would write it, but not read it.
        """
        return "raw"

    def send_changelog(self, *args: Any, **kwargs: Any) -> Any:
        """Send a change to the changelog and remember that it is under way."""
        sent = super().send_changelog(*args, **kwargs)
        changes = _changes.get()
        if changes is not None:
            changes.append(sent)
        return sent

    def _on_changelog_sent(self, sent: Any) -> None:
        """Note how much of the changelog the database holds, which is what it wrote itself.

        Faust takes a change that was sent for a sign that all before it is there as well.
        A worker that stood still while another took its partition over may on waking up
        send one more change: it would then never read what the other one wrote.
        """
        place = sent.result()
        known = self.data.persisted_offset(place.topic_partition)
        if place.offset == (0 if known is None else known + 1):
            super()._on_changelog_sent(sent)


def current_partition() -> int | None:
    """Partition of the record that this task works on, and of the rows that it sees."""
    event = faust.current_event()
    return None if event is None else int(event.message.partition)


def watch_changes() -> None:
    """From here on, in this task and its children, remember changes of tables."""
    _changes.set([])


async def changes_sent() -> None:
    """Return once the bus has acknowledged every change since ``watch_changes``."""
    changes = _changes.get() or []
    sent, changes[:] = list(changes), []
    if sent:
        await asyncio.gather(*sent)


class App(faust.App):  # type: ignore[misc]  # faust is untyped here
    """The worker's application; the streams hang their start and stop on it."""

    def __init__(self, settings: Settings) -> None:
        """Take every choice from the settings, so that nothing depends on defaults of Faust."""
        self.settings = settings
        self.opening: list[Hook] = []
        """Awaited before anything of Faust starts."""
        self.closing: list[Hook] = []
        """Awaited, last first, after everything of Faust has stopped."""
        super().__init__(settings.topic_prefix + APP_ID, **_options(settings))
        if not settings.web_port:
            # The command line's --with-web, its default, would win over the configuration.
            self.boot_strategy.enable_web = False

    def _discovery_modules(self) -> list[str]:
        """Scan the streams alone: Faust would import every module below ``origin``."""
        return list(self.conf.autodiscover)

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    async def on_first_start(self) -> None:
        """Start what the streams need before the first record comes."""
        if self.boot_strategy._should_enable_web():
            _require_free(self.conf.web_port)
        self.conf.datadir.mkdir(parents=True, exist_ok=True)
        await super().on_first_start()
        for hook in self.opening:
            await hook()

    async def on_shutdown(self) -> None:
        """Stop what the streams started."""
        await super().on_shutdown()
        for hook in reversed(self.closing):
            await hook()

    def byte_table(self, name: str) -> Table:
        """A table of bytes by bytes, with small caches: every partition has its own database."""
        table: Table = self.Table(
            name,
            partitions=self.settings.partitions,
            options={"block_cache_size": 8 << 20, "write_buffer_size": 4 << 20},
        )
        return table

    def stop_loudly(self, error: BaseException) -> None:
        """End the process at once, so that no offset is committed that is not earned."""
        logger.critical(
            "The worker stops: %s\n"
            "Nothing is lost: what was not recorded is not committed, and is read again."
            " Start the event log (%s) and the broker (%s), then the worker.",
            error,
            self.settings.log,
            self.settings.broker,
            exc_info=error,
        )
        logging.shutdown()
        os._exit(STOPPED_BY_FAILURE)


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "broker": settings.broker,
        "store": "rocksdb://",
        "datadir": (settings.data / "tables" / settings.worker).absolute(),
        "origin": "jimbot_stream",
        "autodiscover": ["jimbot_stream.streams"],
        "key_serializer": "raw",
        "value_serializer": "raw",
        "Table": Table,
        "TableManager": TableManager,
        "topic_partitions": settings.partitions,
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        # A restarted worker takes up its partitions at once instead of waiting for its ghost.
        "consumer_group_instance_id": settings.worker,
        "broker_session_timeout": 10.0,
        "broker_heartbeat_interval": 3.0,
        "broker_commit_interval": 0.5,
        # As patient with the bus as the outbox is.
        "producer_request_timeout": 120.0,
        "producer_acks": -1,
        "consumer_connections_max_idle_ms": DAY_MS,
        "producer_connections_max_idle_ms": DAY_MS,
        "web_enabled": settings.web_port > 0,
        "web_bind": LOOPBACK,
        "web_port": settings.web_port or 16066,
        "web_tables_enabled": False,
    }


def _require_free(port: int) -> None:
    """Refuse to start, before anything is opened, where the pages could not be served.

    Raises:
        WebPortError: somebody listens on the port.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise WebPortError(
                f"port {port} for the worker's pages is taken, perhaps by another worker:"
                " set JIMBOT_WEB_PORT to another, or to 0 for no pages; a second worker"
                " also needs a name of its own, JIMBOT_WORKER"
            ) from error


def quiet(names: Iterable[str] = ("aiokafka", "faust", "mode", "asyncio")) -> None:
    """Let libraries speak from INFO or WARNING on.

    The command line sets the root logger to DEBUG for its spinner, and every debug line
    of aiokafka then builds a record: a tenth of the worker's time.
    """
    for name in names:
        logging.getLogger(name).setLevel(logging.INFO if name == "faust" else logging.WARNING)


def run_on_libuv() -> None:
    """Let the worker's own loop run on libuv; call it in the main thread, before the loop runs.

    It takes about a quarter less processor time per reply, and half the time per record.
    The consumer's thread keeps asyncio's loop: on libuv, aiokafka's group coordinator was
    seen to wait for ever after a broker that was killed several times within seconds.
    """
    asyncio.set_event_loop(uvloop.new_event_loop())


def _prepare(*_args: Any, **_kwargs: Any) -> None:
    quiet()
    run_on_libuv()


app = App(from_environment())
app.on_worker_init.connect(_prepare, weak=False)
