"""The newest seal, kept outside of the log: without it, a cut tail cannot be seen.

An anchor is the text of a note in a file. It protects as well as it is kept: on another machine, in
a repository, in somebody's mail.
"""

import os
import tempfile
from pathlib import Path

from jimbot_stream.replay.bundling.durable import sync_folder
from jimbot_stream.replay.seals.merkle import ProofError
from jimbot_stream.replay.seals.note import Note, read_note

NAME = "newest.seal"
"""File of the anchor in the data folder, unless another is named."""


def write_anchor(file: Path, note: Note) -> None:
    """Replace an anchor durably, all or nothing.

    Raises:
        ProofError: what is there vouches for more events, or for another log.
        OSError: it cannot be written.
    """
    before = read_anchor(file)
    if before is not None and (before.origin != note.origin or before.size > note.size):
        raise ProofError(
            f"{file} vouches for {before.size:,} events of {before.origin}, the new seal for"
            f" {note.size:,} of {note.origin}: it was left as it is; jimbot-replay fsck says more"
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(str(note))
            opened.flush()
            os.fsync(opened.fileno())
        Path(temporary).replace(file)
    finally:
        Path(temporary).unlink(missing_ok=True)
    sync_folder(file.parent)


def read_anchor(file: Path) -> Note | None:
    """The note of an anchor; None where there is no file.

    Raises:
        ProofError: it holds something else.
    """
    try:
        return read_note(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ProofError, UnicodeDecodeError) as error:
        raise ProofError(f"{file}: {error}") from error
