"""Changes of what is in service, told on the bus where one is reachable."""

import asyncio
from collections.abc import Sequence

from jimbot_stream.agents.announcing import Announcer, Topics
from jimbot_stream.bus import Bus, BusError
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.naming import SERVICE
from jimbot_stream.promotion import InService

PATIENCE_S = 5.0


async def tell(
    bus: Bus, topics: Topics, events: Sequence[RecordedEvent], service: InService
) -> bool:
    """Announce events of the service's stream once; False where nobody takes them.

    Nothing is lost then: workers read the stream at their start.
    """
    announcer = Announcer(bus, topics, SERVICE, SERVICE, pauses_s=())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await announcer.announce(events, service.events)
    except (BusError, TimeoutError):
        return False
    return True
