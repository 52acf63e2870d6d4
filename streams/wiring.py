"""Hangs the streams on the application; imported by ``autodiscover``."""

import gc

from jimbot_stream.streams import decisions, episodes, pages
from jimbot_stream.streams.service import Service
from jimbot_stream.worker import App, app


def install(service: Service) -> App:
    """Declare agents and pages of a service on its application."""
    for part in (episodes, decisions, pages):
        part.install(service)
    return service.app


async def spare_what_is_loaded() -> None:
    """Let the garbage collector pass over everything that is loaded by now.

    Faust collects in full, with every table that it gives up at each rebalance. Most of
    what such a collection looks at is torch, Ray and other modules, which stay for good:
    a third of a second and more, three times in a row, during which nothing is answered.
    """
    gc.collect()
    gc.freeze()


install(Service(app))
app.opening.append(spare_what_is_loaded)
