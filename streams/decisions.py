"""``learning.decision.request`` → policy → event log → ``learning.decision.response``.

For each request of a record: was it decided before, the recorded decision is the answer.
Else it is decided, recorded together with its state unless that is logged already, and
then answered; on a conflict the game is read again and what is found there is the answer.
All games of a record go this way side by side, so that their appends share one sync.
"""

from jimbot_stream.streams.consuming import Stream
from jimbot_stream.streams.service import Service
from jimbot_stream.streams.topics import DECISION_REQUEST


def install(service: Service) -> None:
    """Declare the agent to Faust."""

    @service.app.agent(service.topic(DECISION_REQUEST), name="decisions")  # type: ignore[untyped-decorator]  # faust
    async def read_requests(stream: Stream) -> None:
        await service.consuming.read(DECISION_REQUEST.name, stream)
