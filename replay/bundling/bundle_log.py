"""The events of a bundle, read as a log that knows which streams it was never given."""

from pathlib import Path
from typing import Final

from jimbot_stream.eventlog import StreamMetadata
from jimbot_stream.replay.bundling.lines_log import LinesLog
from jimbot_stream.replay.bundling.manifest import EVENTS, read_manifest

_ALL: Final = 2**63 - 1


class BundleLog(LinesLog):
    """The reading half of an event log, over a bundle's folder."""

    def __init__(self, folder: Path) -> None:
        """Open it.

        Raises:
            BundleError: it is none, or a line is not an event; the message names it.
        """
        self._is_part = read_manifest(folder).is_part
        super().__init__(folder / EVENTS)

    async def stream_metadata(self, stream: str) -> StreamMetadata:
        """As ``EventLog.stream_metadata``: what was left out counts as let go, whole.

        So seals, which speak of the whole log, do not miss what was not selected. A stream that is
        there is there whole, and a bundle of everything leaves nothing out.
        """
        left_out = self._is_part and stream not in self.index.streams
        return StreamMetadata(truncate_before=_ALL if left_out else None)
