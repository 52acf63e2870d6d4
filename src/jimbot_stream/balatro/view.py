"""A state as text for people: what lies in front of the player, in a few lines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.cards import RANKS

if TYPE_CHECKING:
    from jimbot_stream.contracts.v1.game_pb2 import Card, GameState

_SUIT_SIGN = "?♣♦♥♠"
_LETTER = {rank.number: rank.letter for rank in RANKS}
_HIDDEN = "▒▒"


def card_text(card: "Card") -> str:
    """A card in two letters, for example ``T♥``; a bracket marks a debuffed one."""
    if card.face_down:
        return _HIDDEN
    sign = _SUIT_SIGN[card.suit] if 0 <= card.suit < len(_SUIT_SIGN) else "?"
    text = _LETTER.get(card.rank, "?") + sign
    return f"({text})" if card.debuffed else text


def cards_text(cards: "Sequence[Card]") -> str:
    """Cards in a row."""
    return " ".join(map(card_text, cards)) if cards else "none"


def state_text(state: "GameState") -> str:
    """A state in up to four lines."""
    known = int(state.phase) in set(Phase)
    phase = Phase(state.phase).name.replace("_", " ").lower() if known else "phase unknown"
    won = "  won" if state.won else ""
    score = f"{state.chips:,.0f} / {state.blind.chips_required:,.0f}"
    lines = [
        f"ante {state.ante}  round {state.round}  ${state.money}  {phase}{won}",
        f"{state.blind.key}  {score}  hands {state.hands_left}  discards {state.discards_left}",
    ]
    if state.hand:
        lines.append(f"hand  {cards_text(state.hand)}")
    if state.jokers:
        lines.append("jokers  " + ", ".join(item.key or "face down" for item in state.jokers))
    return "\n".join(lines)
