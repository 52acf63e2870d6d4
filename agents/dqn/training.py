"""A DQN run in the simulator: what it plays, and what it remembers, goes on from its record."""

from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.dqn.config import DqnTrainConfig, from_json
from jimbot_stream.agents.dqn.repeat import standing_memory
from jimbot_stream.agents.dqn.update import apply_dqn
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.rollouts.training import PlayTraining
from jimbot_stream.agents.rollouts.update import RolloutUpdate, Told
from jimbot_stream.agents.training_run import RunError
from jimbot_stream.contracts import UpdateApplied


class DqnTraining(PlayTraining[DqnTrainConfig]):
    """DQN."""

    def read_config(self, text: str) -> DqnTrainConfig:
        """That of DQN."""
        return from_json(text)

    def apply(self, before: bytes, shuffle_seed: int, told: Told) -> RolloutUpdate:
        """Remember every round, and learn from the memory while the next one is played."""
        self._begun = sha256(manifest.to_bytes(self._memory))
        device = self._workplace.device
        return apply_dqn(
            before, self._sampler, self._memory, self.config, shuffle_seed, told, device
        )

    def keep(self, applied: UpdateApplied) -> None:
        """Store the blocks that are new, then the manifest that names them."""
        blobs, memory = self._run.blobs, self._memory
        for block in memory.blocks_to_store().values():
            blobs.put(block)
        memory.new_blocks.clear()
        applied.memory_in = self._begun
        applied.memory_out = blobs.put(manifest.to_bytes(memory))

    def _stand(self) -> None:
        super()._stand()
        run = self._run
        if run.applied and not run.memory:
            raise RunError(f"{run.started.run_id}: its record does not tell what is remembered")
        self._memory = standing_memory(run.memory, self.config, run.blobs)
