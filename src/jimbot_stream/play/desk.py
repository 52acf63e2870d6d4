"""The desk where players of one source hand in events and get their answers."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from jimbot_stream.bus.consumer import ReplyConsumer
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import DecisionReply, Event
from jimbot_stream.streams import topics

logger = logging.getLogger(__name__)

TOPIC_OF = {
    "game_started": topics.GAME_LIFECYCLE,
    "state_observed": topics.GAME_STATE,
    "action_applied": topics.GAME_STATE,
    "game_ended": topics.GAME_LIFECYCLE,
    "decision_request": topics.DECISION_REQUEST,
}


class DeskError(Exception):
    """A decision did not come about; the game cannot go on."""


class NoReplyError(DeskError):
    """Nobody answered, however often the request was repeated."""


class ContradictionError(DeskError):
    """Two replies to one request differ: the promise of exactly one decision is broken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply and how long it took."""

    reply: DecisionReply
    took_s: float
    """From handing in the request to reading the reply."""
    hop_s: float
    """From the worker's making the reply to reading it here: one hop over the bus."""


class Read(NamedTuple):
    """A reply as it was read, and how long it had been under way."""

    event: Event
    hop_s: float


class Desk:
    """Routes events to their topics and replies to whoever asked.

    Args:
        producer: of the source.
        replies: of the same source, opened before.
        clock: measures.
        prefix: text before every topic name.
        resend_s: how long to wait before asking again, with the same request id.
        patience_s: how long to ask at all.
    """

    def __init__(
        self,
        producer: GameProducer,
        replies: ReplyConsumer,
        clock: Clock,
        *,
        prefix: str = "",
        resend_s: float = 5.0,
        patience_s: float = 120.0,
    ) -> None:
        self._producer = producer
        self._replies = replies
        self._clock = clock
        self._prefix = prefix
        self._resend_s = resend_s
        self._patience_s = patience_s
        self._asked: dict[str, asyncio.Future[Read]] = {}
        self.resent = 0
        """How many requests were sent again."""

    @property
    def source(self) -> str:
        """Whose desk it is."""
        return self._producer.source

    def hand_in(self, event: Event) -> None:
        """Send the event; what goes wrong shows at the next decision or at the end."""
        kind = event.WhichOneof("payload") or ""
        self._producer.post(self._prefix + TOPIC_OF[kind].name, [event])

    async def ask(self, request: Event) -> Answer:
        """Send a DecisionRequest and wait for its reply.

        Raises:
            NoReplyError: nobody answered.
        """
        request_id = request.decision_request.request_id
        begin = self._clock.monotonic()
        answer = self._asked[request_id] = asyncio.get_running_loop().create_future()
        while True:
            self.hand_in(_copy(request))
            done, _ = await asyncio.wait([answer], timeout=self._resend_s)
            took_s = self._clock.monotonic() - begin
            if done:
                event, hop_s = answer.result()
                return Answer(event.decision_reply, took_s, hop_s)
            if took_s > self._patience_s:
                raise NoReplyError(f"no reply to {request_id} within {took_s:.0f} s")
            self.resent += 1
            logger.warning("no reply to %s after %.1f s: asking again", request_id, took_s)

    async def serve(self) -> None:
        """Hand out replies until cancelled.

        Raises:
            ContradictionError: two replies to one request differ.
        """
        while True:
            for received in await self._replies.take(timeout_s=1.0):
                self._deliver(received.event)

    def forget(self, wanted: Callable[[str], bool]) -> None:
        """Drop the answers to requests whose id is wanted; a late reply is then ignored."""
        for request_id in [name for name in self._asked if wanted(name)]:
            del self._asked[request_id]

    async def flush(self) -> None:
        """Wait until everything handed in is on the bus."""
        await self._producer.flush()

    async def close(self) -> None:
        """Send what was handed in, then stop."""
        await self._producer.close()
        await self._replies.close()

    def _deliver(self, event: Event) -> None:
        reply = event.decision_reply
        answer = self._asked.get(reply.request_id)
        if answer is None or answer.cancelled():
            return
        if not answer.done():
            hop_ns = self._clock.now_ns() - event.timestamp.ToNanoseconds()
            answer.set_result(Read(event, hop_ns / 1e9))
        elif not _agree(answer.result().event.decision_reply, reply):
            raise ContradictionError(f"two different replies to {reply.request_id}")


def _agree(first: DecisionReply, second: DecisionReply) -> bool:
    """Whether two replies tell of the same decision; an error may be followed by a decision."""
    return bool(first.error) or bool(second.error) or first == second


def _copy(event: Event) -> Event:
    copy = Event()
    copy.CopyFrom(event)
    return copy
