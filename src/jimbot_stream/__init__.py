"""Event-sourced stream processing that teaches machines to play Balatro.

``app`` is the Faust application, so that ``faust -A jimbot_stream worker`` finds it;
it is built on first use, so that ``import jimbot_stream`` stays light.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jimbot_stream.worker import app as app

__all__ = ["app"]


def __getattr__(name: str) -> Any:
    """Import the Faust application when somebody asks for it (PEP 562)."""
    if name == "app":
        from jimbot_stream.worker import app

        return app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
