"""An event against the game so far: does the game go forwards, and by legal steps?"""

from collections.abc import Sequence

from jimbot_stream.contracts import Action, ActionVerb, GameState, LegalAction, Phase
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.state import check_possible
from jimbot_stream.streams.intake.verbs import fits


def check_forwards(previous: GameState, state: GameState, path: str = "payload.state") -> None:
    """Check that the state can come after the previous one.

    Rounds never become fewer; within a round the ante may fall (a voucher does that), but
    not the hands played; a run keeps its seed, and does not come back from its end.

    Raises:
        Rejected: it lies before.
    """
    if previous.seed and state.seed and previous.seed != state.seed:
        raise _backwards(path, "seed", previous.seed, state.seed)
    if Phase.PHASE_MENU in (previous.phase, state.phase):
        return  # the menu shows no game; what it still holds is left over
    if state.round < previous.round:
        raise _backwards(path, "round", previous.round, state.round)
    if state.round == previous.round and _in_blind(previous) and _in_blind(state):
        if state.hands_played < previous.hands_played:
            raise _backwards(path, "hands_played", previous.hands_played, state.hands_played)
        if state.chips < previous.chips:
            raise _backwards(path, "chips", previous.chips, state.chips)
    over = Phase.PHASE_GAME_OVER
    if previous.phase == over and state.phase != over:
        raise _backwards(path, "phase", Phase.Name(over), Phase.Name(state.phase))


def _in_blind(state: GameState) -> bool:
    return state.phase == Phase.PHASE_SELECTING_HAND


def _backwards(path: str, field: str, before: object, after: object) -> Rejected:
    return Rejected("state_backwards", f"{path}.{field}", f"was {before}, and now {after}")


def check_number(known_digest: str | None, digest: str, sequence: int) -> bool:
    """Whether the event is new; False when the very same one is already there.

    Args:
        known_digest: digest of the event that bears the number; None when none does.
        digest: digest of the event at hand.
        sequence: the number.

    Raises:
        Rejected: the number is taken by another event.
    """
    if known_digest is None:
        return True
    if known_digest == digest:
        return False
    detail = f"another event of the game is number {sequence}"
    raise Rejected("sequence_conflict", "sequence", detail)


def check_action_in(
    state: GameState,
    legal: Sequence[LegalAction],
    action: Action,
    path: str = "payload.action",
) -> None:
    """Check that the action was allowed in the state.

    Args:
        state: the state in which it was carried out.
        legal: what was legal there; empty when nobody told.
        action: the action, valid by itself.
        path: where the action stands, for the message.

    Raises:
        Rejected: it was not.
    """
    check_possible(state, action, path)
    if legal and not any(fits(action, family) for family in legal):
        name = ActionVerb.Name(action.verb)
        detail = f"{name} of cards {list(action.cards)}, slot {action.slot} was not legal"
        raise Rejected("illegal_action", path, detail)
