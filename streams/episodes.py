"""``game.state``, ``game.lifecycle`` → event log → table ``episodes`` → ``learning.episode``.

GameStarted, StateObserved, ActionApplied and GameEnded become events of the game's stream,
in the order of their numbers. When GameEnded is there, and with it everything before it,
EpisodeClosed is announced: once, or again with the same content where a crash hid that it
was; it is keyed by the game, and its ``last_revision`` is final.
"""

from jimbot_stream.streams.consuming import Stream
from jimbot_stream.streams.service import Service
from jimbot_stream.streams.topics import GAME_LIFECYCLE, GAME_STATE


def install(service: Service) -> None:
    """Declare the agents to Faust."""
    app = service.app

    @app.agent(service.topic(GAME_STATE), name="episodes.state")  # type: ignore[untyped-decorator]  # faust
    async def read_states(stream: Stream) -> None:
        await service.consuming.read(GAME_STATE.name, stream)

    @app.agent(service.topic(GAME_LIFECYCLE), name="episodes.lifecycle")  # type: ignore[untyped-decorator]  # faust
    async def read_lifecycle(stream: Stream) -> None:
        await service.consuming.read(GAME_LIFECYCLE.name, stream)
