"""Redeeming vouchers: what changes at once.

Whatever else a voucher changes is asked of the bit set ``vouchers`` where it matters.
"""

from typing import Any

from jimbot_stream.balatro.kernels import economy, jit
from jimbot_stream.balatro.tables.vouchers import NUMBER, VOUCHERS

_REROLL_SURPLUS = NUMBER["v_reroll_surplus"]
_REROLL_GLUT = NUMBER["v_reroll_glut"]
_CRYSTAL_BALL = NUMBER["v_crystal_ball"]
_GRABBER = NUMBER["v_grabber"]
_NACHO_TONG = NUMBER["v_nacho_tong"]
_WASTEFUL = NUMBER["v_wasteful"]
_RECYCLOMANCY = NUMBER["v_recyclomancy"]
_ANTIMATTER = NUMBER["v_antimatter"]
_HIEROGLYPH = NUMBER["v_hieroglyph"]
_PETROGLYPH = NUMBER["v_petroglyph"]
_PAINT_BRUSH = NUMBER["v_paint_brush"]
_PALETTE = NUMBER["v_palette"]
_REROLL_LESS = int(VOUCHERS[_REROLL_SURPLUS - 1].amount)


@jit
def _hands(s: Any, more: int) -> None:
    s.hands += more
    s.hands_left += more


@jit
def _discards(s: Any, more: int) -> None:
    s.discards += more
    s.discards_left = max(0, int(s.discards_left) + more)


@jit
def redeem(s: Any, voucher: int) -> None:
    """Redeem a voucher (Card:apply_to_run)."""
    s.vouchers = int(s.vouchers) | 1 << voucher
    if voucher in (_REROLL_SURPLUS, _REROLL_GLUT):
        s.reroll_base -= _REROLL_LESS
        if s.reroll_free_base == 1:
            s.reroll_less += _REROLL_LESS  # the game lowers the price of the next one all the same
    elif voucher == _CRYSTAL_BALL:
        s.consumable_slots += 1
    elif voucher in (_GRABBER, _NACHO_TONG):
        _hands(s, 1)
    elif voucher in (_WASTEFUL, _RECYCLOMANCY):
        _discards(s, 1)
    elif voucher == _ANTIMATTER:
        s.joker_slots += 1
    elif voucher in (_HIEROGLYPH, _PETROGLYPH):
        s.ante -= 1
        economy.ask(s)
        if voucher == _HIEROGLYPH:
            _hands(s, -1)
        else:
            _discards(s, -1)
    elif voucher in (_PAINT_BRUSH, _PALETTE):
        s.hand_size += 1
