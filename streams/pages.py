"""The worker's pages: ``/health/``, ``/episodes/<game>/``, ``/metrics/prometheus``."""

from typing import Any

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from jimbot_stream.streams.service import Service


def install(service: Service) -> None:
    """Declare the pages to Faust."""
    app = service.app

    @app.page("/health/", name="health")  # type: ignore[untyped-decorator]  # faust
    async def health(view: Any, request: Any) -> Any:
        return view.json(service.health(), status=200 if service.ready else 503)

    @app.page("/episodes/{game}/", name="episode")  # type: ignore[untyped-decorator]  # faust
    async def episode(view: Any, request: Any, game: str) -> Any:
        row = service.tables.episodes.get(game.encode())
        if row is None:
            told = f"no row of game {game} on worker {app.settings.worker}"
            return view.json({"error": told}, status=404)
        return view.json(orjson.loads(row))

    @app.page("/metrics/prometheus", name="metrics")  # type: ignore[untyped-decorator]  # faust
    async def metrics(view: Any, request: Any) -> Any:
        text = generate_latest(service.metrics.registry)
        return view.bytes(text, content_type=CONTENT_TYPE_LATEST.partition(";")[0])
