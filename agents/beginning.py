"""Which checkpoint's weights a run may take over."""

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.lookup import named
from jimbot_stream.agents.soundness import fault_in
from jimbot_stream.agents.training_run import RunError
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import LogReader

_KINDS = {True: "estimates Q, as those of DQN do", False: "gives a policy's logits"}


async def to_begin_from(log: LogReader, blobs: BlobStore, name: str, algorithm: str) -> str:
    """The checkpoint that is meant, if a run of this algorithm can take over its weights.

    Raises:
        BlobError: its bytes are missing or damaged.
        RunError: it was made for other rules, or of another kind than the algorithm's.
        ValueError: the name means no checkpoint, or several.
    """
    checkpoint = await named(log, blobs.folder, name)
    refuse_unlike(checkpoint, blobs.get(checkpoint), algorithm)
    return checkpoint


def refuse_unlike(checkpoint: str, data: bytes, algorithm: str) -> None:
    """Make sure that a run of this algorithm can take over the weights in these bytes.

    Raises:
        RunError: it cannot; the message says why.
    """
    fault = fault_in(data)
    if fault is not None:
        raise RunError(f"checkpoint {checkpoint[:12]}: {fault.reason}")
    read = from_bytes(data)
    wanted = algorithm == dqn.ALGORITHM
    if (read.q is not None) != wanted and (read.update or not wanted):
        raise RunError(
            f"checkpoint {checkpoint[:12]} {_KINDS[read.q is not None]}; a run of {algorithm}"
            f" begins with one that {_KINDS[wanted]}"
        )
