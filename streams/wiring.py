"""Hangs the streams on the application; imported by ``autodiscover``."""

from jimbot_stream.streams import decisions, episodes, pages
from jimbot_stream.streams.service import Service
from jimbot_stream.worker import App, app


def install(service: Service) -> App:
    """Declare agents and pages of a service on its application."""
    for part in (episodes, decisions, pages):
        part.install(service)
    return service.app


install(Service(app))
