"""What becomes of a run's new checkpoint: promoted, accepted for the run alone, or turned down.

The rule, which the audit repeats:

* worse than the run's incumbent: UpdateRejected ("worse"); where the incumbent is in service,
  CheckpointRefused as well. The next update begins with the incumbent;
* not worse: the run goes on from it. It is promoted where nothing is in service yet, or a
  checkpoint of the same run is; what another run or a person put there is left alone;
* where a person has put an earlier checkpoint of the run back into service:
  UpdateRejected ("withdrawn"), and the next update begins with that one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jimbot_stream.agents.gate.gate import Gate, Trial
from jimbot_stream.agents.soundness import Fault
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.contracts import CheckpointPromoted, CheckpointRefused
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.promotion import InService

WORSE: Final = "worse"
WITHDRAWN: Final = "withdrawn"
BEGIN: Final = "begin"
"""Why the untrained checkpoint is promoted."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided about the newest checkpoint."""

    trial: Trial | None = None
    """None where nothing was to compare."""
    service: tuple[RecordedEvent, ...] = ()
    """What was added to the stream of what is in service."""
    withdrawn: str = ""
    """The checkpoint that a person took out of service; empty where none was."""


class Succession:
    """Decides about the checkpoints of one run; every step can be repeated after a crash."""

    def __init__(self, run: TrainingRun, service: InService, gate: Gate | None) -> None:
        """Without a gate every checkpoint counts as not worse."""
        self._run = run
        self.service = service
        self._gate = gate

    async def begin(self) -> list[RecordedEvent]:
        """Let the untrained checkpoint decide, where nothing is in service; the new events."""
        if self._run.update:
            return []
        return await self._promote(self._run.checkpoint, BEGIN, None, lambda decides: not decides)

    async def settle(self) -> Settled:
        """Decide about the newest checkpoint, if there is something to decide.

        Raises:
            BlobError, CheckpointError, EvaluationError: it cannot be compared.
            RunError: somebody else goes on with the same run.
        """
        withdrawn = await self.follow()
        if withdrawn:
            return Settled(withdrawn=withdrawn)
        if self._gate is None:
            newest = self._run.checkpoint
            return Settled(service=tuple(await self._promote(newest, "no gate", None, self._ours)))
        if not self._run.lineage.undecided:
            return Settled()
        trial = await self._gate.try_out(self._run.checkpoint, self._run.lineage.incumbent)
        told = await (self._refuse(trial) if trial.refused else self._accept(trial))
        return Settled(trial, tuple(told))

    async def follow(self) -> str:
        """Go back where a person put an earlier checkpoint of the run into service.

        Gives the checkpoint that was given up; empty where nobody did.
        """
        await self.service.refresh()
        made, decides = self._run.lineage.made, self.service.checkpoint
        by_hand = self.service.by != self._run.started.run_id
        if not by_hand or decides not in made or made[decides] >= self._best():
            return ""
        given_up = self._run.checkpoint
        reason = f"{decides[:12]} was put back into service by hand"
        await self._run.reject(Fault(WITHDRAWN, reason), stays=decides)
        return given_up

    def _best(self) -> int:
        """The update that made the best checkpoint of the run so far, as it was judged."""
        lineage = self._run.lineage
        promoted = {told.checkpoint for told in self.service.all(CheckpointPromoted)}
        stand = {lineage.incumbent} | (promoted - lineage.given_up)
        return max(number for name, number in lineage.made.items() if name in stand)

    async def _accept(self, trial: Trial) -> list[RecordedEvent]:
        return await self._promote(self._run.checkpoint, "gate", trial, self._ours)

    async def _promote(
        self, checkpoint: str, reason: str, trial: Trial | None, over: Callable[[str], bool]
    ) -> list[RecordedEvent]:
        run_id = self._run.started.run_id
        what = CheckpointPromoted(checkpoint=checkpoint, run_id=run_id, reason=reason, by=run_id)
        if trial is not None:
            what.evaluation_id = trial.candidate.started.evaluation_id
            what.replaced_evaluation_id = trial.incumbent.started.evaluation_id
        return await self.service.promote(what, over)

    async def _refuse(self, trial: Trial) -> list[RecordedEvent]:
        """Tell it where the incumbent decides, then in the run: a crash between repeats both."""
        run, told = self._run, trial.comparison
        refused, incumbent = run.checkpoint, run.lineage.incumbent
        of = trial.candidate.started.evaluation_id
        new: list[RecordedEvent] = []
        if self.service.checkpoint == incumbent:
            new = await self.service.refuse(
                CheckpointRefused(
                    checkpoint=refused,
                    incumbent=incumbent,
                    run_id=run.started.run_id,
                    evaluation_id=of,
                    incumbent_evaluation_id=trial.incumbent.started.evaluation_id,
                    difference=told.difference,
                    p_value=told.p_value,
                    level=trial.level,
                )
            )
        await run.reject(Fault(WORSE, str(trial)), evaluation_id=of, stays=incumbent)
        return new

    def _ours(self, decides: str) -> bool:
        return not decides or decides in self._run.lineage.made
