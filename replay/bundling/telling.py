"""``README.txt`` of a bundle: what an auditor who never saw the system is to do with it."""

from typing import Final

from jimbot_stream.replay.bundling.closure import Wanted
from jimbot_stream.replay.bundling.copying import Copied

_TEXT: Final = """\
A bundle of jimbot_stream: recorded games, decisions and training, to be audited offline.

What it holds: {what}.

  events.jsonl    the events in their order, one JSON object a line; "data" and "metadata" are the
                  recorded bytes as text, "data_base64" and "metadata_base64" where they are no text
  streams.jsonl   how far each stream goes, and the hash of its chain there
  blobs/          checkpoints and other large things, each named by its sha256, as ab/cd/<sha256>
  manifest.json   versions, counts, and the sha256 of every file above

What to do:

1. Compare the sha256 of manifest.json with the one that you were told by another way than this
   folder:  sha256sum manifest.json
   Whoever can write the folder can write another manifest: without that comparison you learn that
   the bundle agrees with itself, and that everything in it happens again as recorded.
2. Check the files without any program of ours (in this folder):
     python3 -c "import json;[print(f['sha256']+'  '+f['path'])
     for f in json.load(open('manifest.json'))['files']]" | sha256sum -c
3. Execute every decision, update and evaluation again, with the release that manifest.json names
   under "package" (Python 3.11, no network, no other data):
     jimbot-replay verify --bundle THIS-FOLDER
   Exit code 0: all identical. 1: something differs; the first difference is named. 3: this machine
   is of another class than those under "environments", and results agree within a stated tolerance.
4. If the log was sealed, and you were given its public key, or an anchor:
     jimbot-replay fsck --log bundle:THIS-FOLDER --public-key KEY  (or --anchor FILE)
   It tells whether anything in here was changed since it was sealed, whoever wrote the manifest.
5. Look at it:  jimbot-replay show --log bundle:THIS-FOLDER game-ID
   or make a log of it again:  jimbot-replay import THIS-FOLDER --data NEW-FOLDER

What is not here:

{lacks}
"""


def readme(wanted: Wanted, copied: Copied) -> bytes:
    """The text, by what was selected and what was not there."""
    return _TEXT.format(what=_what(wanted), lacks=_lacks(wanted, copied)).encode()


def _what(wanted: Wanted) -> str:
    if wanted.is_everything:
        return "everything that the log held"
    parts = [
        f"{kind} {name}"
        for kind, names in (
            ("game", wanted.games),
            ("run", wanted.runs),
            ("checkpoint", wanted.checkpoints),
            ("evaluation", wanted.evaluations),
        )
        for name in names
    ]
    needed = "all that is needed to verify it" if wanted.origins else "the weights that played"
    return f"{', '.join(parts)}; and {needed}"


def _lacks(wanted: Wanted, copied: Copied) -> str:
    lines = []
    if not wanted.is_everything:
        lines.append("- the rest of the log: streams are left out whole, none has a gap;")
    if not wanted.origins:
        lines.append("- where the weights come from: the runs that trained them;")
    if copied.pruned:
        lines.append(
            f"- {len(copied.pruned)} blobs that the record says were let go (manifest.json,"
            " pruned): verify makes them again;"
        )
    if copied.missing:
        lines.append(
            f"- {len(copied.missing)} blobs that events name and that were LOST (manifest.json,"
            " missing): verify will say what cannot be repeated;"
        )
    lines.append("- retention rules of streams, and anything outside the event log.")
    return "\n".join(lines)
