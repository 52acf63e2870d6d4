"""One decision, made again from the record, and compared field by field."""

import hashlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from jimbot_stream.balatro import wire
from jimbot_stream.contracts.v1.decision_pb2 import (
    DECISION_MODE_GREEDY,
    DecisionMade,
)
from jimbot_stream.contracts.v1.game_pb2 import GameStarted, StateObserved
from jimbot_stream.decision import Policy
from jimbot_stream.decision.record import Witness, redecide
from jimbot_stream.replay import tolerance
from jimbot_stream.replay.difference import first_difference
from jimbot_stream.replay.history import Entry, History, finding
from jimbot_stream.replay.policies import Policies, WeightsError
from jimbot_stream.replay.verdict import Cause, Divergence, Match, Tolerated, Verdict

CAUSES: dict[str, Cause] = {
    "request_id": "tampering",
    "state_revision": "missing",
    "state_digest": "tampering",
    "rules_version": "rules",
    "legal": "mask",
    "mask_digest": "mask",
    "observation_digest": "observation",
    "run_seed": "seed",
    "decision_number": "seed",
    "checkpoint": "weights",
    "logits_digest": "policy",
    "value": "policy",
    "decided_by": "policy",
    "mode": "policy",
    "action_index": "seed",
    "action": "seed",
    "log_prob": "policy",
    "compute_class": "environment",
}
"""Fields of DecisionMade and what a difference in them is caused by; a cause comes before
its consequences, so the first of the fields that differ is the one to name."""

EXPLANATIONS: dict[str, str] = {
    "state_digest": "The state that was decided is not the state that the log holds.",
    "rules_version": "Observation and mask were made by other rules than this release has.",
    "legal": "Other actions are legal in the recorded state.",
    "mask_digest": "Other actions are legal in the recorded state.",
    "observation_digest": "The recorded state leads to another observation.",
    "run_seed": "The game was started with another seed of the run.",
    "decision_number": "The record holds another number of decisions before this one.",
    "logits_digest": "The named checkpoint does not answer this observation so.",
    "action_index": "The policy agrees, but the derived random number draws another action.",
    "action": "The action is not the one of the recorded index.",
}
"""What a difference means, for a person."""


def repeat_decisions(history: History, policies: Policies) -> Iterator[Verdict]:
    """One verdict for each decision of a game, in order."""
    started = next((message for _, message in history.all(GameStarted)), None)
    for number, (entry, made) in enumerate(history.all(DecisionMade)):
        yield _Repetition(history, started, entry, made, number).verdict(policies)


class _Repetition:
    """A decision and what the rest of its history says about it."""

    def __init__(
        self,
        history: History,
        started: GameStarted | None,
        entry: Entry,
        made: DecisionMade,
        number: int,
    ) -> None:
        self.history, self.started = history, started
        self.entry, self.made, self.number = entry, made, number

    def verdict(self, policies: Policies) -> Verdict:
        state = self.history.at(self.made.state_revision)
        if state is None or not isinstance(state.message, StateObserved):
            return self._diverged("state_revision", "a StateObserved", self.made.state_revision)
        if state.event.revision >= self.entry.event.revision:
            return self._diverged("state_revision", "an earlier event", self.made.state_revision)
        try:
            policy = policies.get(self.made.checkpoint) if self.made.checkpoint else None
        except WeightsError as error:
            return self._diverged("checkpoint", "a usable blob", error)
        witness = self._witness(state, state.message)
        return self._illegal(witness) or self._compare(witness, policy, policies)

    def _witness(self, state: Entry, observed: StateObserved) -> Witness:
        made = self.made
        return Witness(
            game_id=self.history.name,
            state=observed.state,
            state_revision=made.state_revision,
            state_digest=hashlib.sha256(state.event.data).hexdigest(),
            request_id=self.entry.metadata.get("$correlationId", ""),
            run_seed=made.run_seed if self.started is None else self.started.run_seed,
            decision_number=self.number,
        )

    def _illegal(self, witness: Witness) -> Divergence | None:
        """The legal actions of our own games follow from the state."""
        if self.started is None or not self.started.rules_version:
            return None
        derived = DecisionMade(legal=wire.legal_messages(witness.state))
        difference = first_difference(derived, DecisionMade(legal=self.made.legal))
        return None if difference is None else self._diverged(*difference, cause="mask")

    def _compare(self, witness: Witness, policy: Policy | None, policies: Policies) -> Verdict:
        try:
            differences = redecide(self.made, witness, policy)
        except Exception as error:  # noqa: BLE001 - an edited state can fail anywhere
            return self._diverged(
                "observation_digest", f"{type(error).__name__}: {error}", "a digest"
            )
        differing = {name: (ours, theirs) for name, ours, theirs in differences}
        other_class = policy is not None and policy.compute_class != self.made.compute_class
        if policy is not None and other_class and differing.keys() <= tolerance.FIELDS:
            return self._tolerate(witness, policy, differing.keys())
        for name in CAUSES:
            if name == "logits_digest" and name in differing:
                return self._other_logits(witness, policies, *differing[name])
            if name in differing:
                return self._diverged(name, *differing[name])
        return Match("decision", self.entry.event.stream, self.entry.event.revision)

    def _other_logits(
        self, witness: Witness, policies: Policies, expected: object, got: object
    ) -> Divergence:
        """Tell a wrongly named checkpoint from logits that none of the game's gives."""
        named = {made.checkpoint for _, made in self.history.all(DecisionMade)}
        for checkpoint in sorted(named - {self.made.checkpoint, ""}):
            try:
                differences = redecide(self.made, witness, policies.get(checkpoint))
            except WeightsError:
                continue
            if "logits_digest" not in {name for name, _, _ in differences}:
                why = "That checkpoint of the same game gives the recorded logits."
                return self._diverged("checkpoint", checkpoint, self.made.checkpoint, why=why)
        return self._diverged("logits_digest", expected, got)

    def _tolerate(self, witness: Witness, policy: Policy, differing: AbstractSet[str]) -> Verdict:
        event = self.entry.event
        if differing <= {"compute_class"}:
            return Match("decision", event.stream, event.revision)
        distance = tolerance.distance(self.made, witness, policy)
        if distance > tolerance.DECISION:
            return self._diverged(
                "logits_digest",
                f"within {tolerance.DECISION:g} of the record",
                f"{distance:g} away",
                why=f"Recorded on {self.made.compute_class}, repeated on {policy.compute_class}:"
                " another class of machine explains a small distance only.",
            )
        return Tolerated(
            "decision",
            event.stream,
            event.revision,
            self.made.compute_class,
            policy.compute_class,
            distance,
            tolerance.DECISION,
        )

    def _diverged(
        self,
        field: str,
        expected: object,
        got: object,
        *,
        cause: Cause | None = None,
        why: str = "",
    ) -> Divergence:
        if cause is None:
            cause = CAUSES[field]
            if field.startswith("action") and self.made.mode == DECISION_MODE_GREEDY:
                cause = "policy"  # nothing was drawn
        return finding(
            self.entry.event,
            "decision",
            field,
            _text(expected),
            _text(got),
            cause,
            why or EXPLANATIONS.get(field, ""),
        )


def _text(value: object) -> str:
    return " ".join(str(value).split()) or "(empty)"
