"""A state as a picture: the table with its cards drawn, in one SVG without anything outside.

Pointing at a card tells what it does. Reads the visible state alone, as ``view`` does.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from jimbot_stream.balatro import view
from jimbot_stream.balatro.catalogue import by_key
from jimbot_stream.balatro.naming import LETTER, face, name_of, short
from jimbot_stream.balatro.state import Phase

if TYPE_CHECKING:
    from jimbot_stream.contracts.v1.game_pb2 import Card, GameState, Item

WIDTH: Final = 1000
_MARGIN: Final = 24
_CARD: Final = (84, 116)
_GAP: Final = 12
_HEAD: Final = 104
_LABEL: Final = 26
_LETTERS: Final = 12
"""Letters of a line on a card."""

_INK: Final = {1: "#23507a", 2: "#c0602b", 3: "#c02b3a", 4: "#2b2b3a"}
_PAPER: Final = {
    "": "#fbf7ea",
    "m_bonus": "#d5e4f7",
    "m_mult": "#f7d9d5",
    "m_wild": "#efe2f7",
    "m_glass": "#dff3f5",
    "m_steel": "#d3d6db",
    "m_stone": "#a9a59b",
    "m_gold": "#f3dc94",
    "m_lucky": "#d9f0d2",
}
_EDGE: Final = {
    "": "#b9b29c",
    "e_foil": "#4a90d9",
    "e_holo": "#c64fbd",
    "e_polychrome": "#e08a1e",
    "e_negative": "#000000",
}
_SEAL: Final = {"Red": "#d03a3a", "Blue": "#3a6fd0", "Gold": "#d0a53a", "Purple": "#8a3ad0"}
_SET: Final = {"j": "#fff4d6", "c": "#eae3f5", "v": "#ffe0cc", "p": "#dfeadf"}
_STYLE: Final = (
    "text{font-family:'DejaVu Sans',Verdana,sans-serif;fill:#f4f1e4;font-size:13px}"
    ".n{font-size:22px;font-weight:bold}.s{font-size:12px;fill:#bcd0c2}"
    ".f{font-size:11px;fill:#2b2b3a;text-anchor:middle}.g{font-size:10px;fill:#55524a;"
    "text-anchor:middle}.r{font-size:30px;font-weight:bold;text-anchor:middle}"
    ".u{font-size:26px;text-anchor:middle}"
)


def svg(state: "GameState") -> str:
    """The state as an SVG document, with its text for those who cannot see it."""
    body, y = [_header(state)], _HEAD
    for label, cards in _rows(state):
        if cards:
            body += _row(label, cards, y)
            y += _LABEL + _CARD[1] + _GAP
    height = y + _MARGIN // 2
    told = escape(view.state_text(state))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{escape(_title(state))}</title><desc>{told}</desc><style>{_STYLE}</style>"
        f'<rect width="{WIDTH}" height="{height}" rx="14" fill="#2f5d46"/>{"".join(body)}</svg>\n'
    )


def html(state: "GameState") -> str:
    """The state as a page that shows the picture and, below it, the text."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(_title(state))}</title>"
        "<style>body{margin:2em auto;max-width:62em;background:#1d2a24;color:#e8e4d4;"
        "font-family:sans-serif}pre{white-space:pre-wrap}</style>"
        f"{svg(state)}<pre>{escape(view.state_text(state))}</pre></html>\n"
    )


def _title(state: "GameState") -> str:
    seed = f"{state.seed}, " if state.seed else ""
    return f"{seed}ante {state.ante}, round {state.round}"


# --- the head --------------------------------------------------------------------------


def _header(state: "GameState") -> str:
    """Numbers in two lines, and what the boss does."""
    parts = list(_numbers(state))
    step = (WIDTH - 2 * _MARGIN) / len(parts)
    drawn = [
        f'<text class="n" x="{_MARGIN + n * step:.0f}" y="42">{escape(number)}</text>'
        f'<text class="s" x="{_MARGIN + n * step:.0f}" y="62">{escape(label)}</text>'
        for n, (label, number) in enumerate(parts)
    ]
    boss = escape(view.boss_text(state))
    return "".join(drawn) + f'<text x="{_MARGIN}" y="90">{boss}</text>'


def _numbers(state: "GameState") -> Iterator[tuple[str, str]]:
    yield f"of {state.blind.chips_required:,.0f}, {name_of(state.blind.key)}", f"{state.chips:,.0f}"
    yield "hands left", str(state.hands_left)
    yield "discards left", str(state.discards_left)
    yield "money", f"${state.money}"
    yield "ante", str(state.ante)
    yield f"round{', won' if state.won else ''}", str(state.round)


# --- rows of cards ---------------------------------------------------------------------

_Drawn = tuple[Callable[[Any, float, float], str], Any]


def _rows(state: "GameState") -> Iterator[tuple[str, Sequence[_Drawn]]]:
    yield _held(state), [(_item, item) for item in (*state.jokers, *state.consumables)]
    if int(state.phase) == Phase.SHOP:
        wares = (*state.shop_cards, *state.shop_vouchers, *state.shop_packs)
        yield f"shop, reroll ${state.reroll_cost}", [(_ware, item) for item in wares]
    yield "pack", [(_item, item) for item in state.pack]
    drawn = len(state.draw_pile)
    yield f"hand, {drawn} cards unseen", [(_card, card) for card in state.hand]


def _held(state: "GameState") -> str:
    jokers = f"jokers {len(state.jokers)} of {state.joker_slots}"
    return f"{jokers}, consumables {len(state.consumables)} of {state.consumable_slots}"


def _row(label: str, cards: Sequence[_Drawn], y: float) -> list[str]:
    """Cards side by side; they overlap where there are too many for the width."""
    room = WIDTH - 2 * _MARGIN - _CARD[0]
    step = min(_CARD[0] + _GAP, room / max(len(cards) - 1, 1))
    drawn = [f'<text class="s" x="{_MARGIN}" y="{y + 16}">{escape(label)}</text>']
    for place, (draw, what) in enumerate(cards):
        drawn.append(draw(what, _MARGIN + place * step, y + _LABEL))
    return drawn


def _sheet(x: float, y: float, paper: str, edition: str, tip: str, inside: str) -> str:
    width, height = _CARD
    edge = _EDGE.get(edition, _EDGE[""])
    thick = 4 if edition else 1.5
    return (
        f'<g transform="translate({x:.1f} {y:.1f})"><title>{escape(tip)}</title>'
        f'<rect width="{width}" height="{height}" rx="8" fill="{paper}" stroke="{edge}"'
        f' stroke-width="{thick}"/>{inside}</g>'
    )


def _back(x: float, y: float) -> str:
    width, height = _CARD
    inside = (
        f'<rect x="8" y="8" width="{width - 16}" height="{height - 16}" rx="5" fill="#8f2f3c"/>'
    )
    return _sheet(x, y, "#c9505c", "", "face down", inside)


def _card(card: "Card", x: float, y: float) -> str:
    if card.face_down:
        return _back(x, y)
    paper = _PAPER.get(card.enhancement, _PAPER[""])
    return _sheet(x, y, paper, card.edition, view.card_text(card), _face(card))


def _face(card: "Card") -> str:
    middle = _CARD[0] / 2
    parts = []
    if card.rank and card.suit:
        ink = _INK.get(card.suit, "#2b2b3a")
        letter = LETTER.get(card.rank, "?").replace("T", "10")
        parts.append(f'<text class="r" x="{middle}" y="44" style="fill:{ink}">{letter}</text>')
        sign = face(card.rank, card.suit)[1:]
        parts.append(f'<text class="u" x="{middle}" y="76" style="fill:{ink}">{sign}</text>')
    parts += _lines([name_of(card.enhancement)] if card.enhancement else [], 104)
    if card.seal:
        seal = _SEAL.get(card.seal, "#ffffff")
        parts.append(f'<circle cx="{_CARD[0] - 14}" cy="14" r="7" fill="{seal}"/>')
    if card.debuffed:
        parts.append('<path d="M8 8 76 108M76 8 8 108" stroke="#c02b3a" stroke-width="3"/>')
    return "".join(parts)


def _lines(lines: Sequence[str], y: float, kind: str = "f") -> list[str]:
    middle = _CARD[0] / 2
    return [
        f'<text class="{kind}" x="{middle}" y="{y + 14 * n}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    ]


def _ware(item: "Item", x: float, y: float) -> str:
    return _item(item, x, y, "free" if item.coupon else f"${item.cost}")


def _item(item: "Item", x: float, y: float, price: str = "") -> str:
    if item.face_down:
        return _back(x, y)
    if item.HasField("card"):
        card = item.card
        inside = _face(card) + f'<text class="g" x="18" y="18">{price}</text>'
        paper = _PAPER.get(card.enhancement, _PAPER[""])
        return _sheet(x, y, paper, card.edition, view.card_text(card), inside)
    entry = by_key().get(item.key)
    tip = f"{name_of(item.key)}: {entry.rule}" if entry else name_of(item.key)
    paper = _SET.get(item.key[:1], "#ffffff")
    return _sheet(x, y, paper, item.edition, tip, _written(item, price))


def _written(item: "Item", price: str) -> str:
    name = name_of(item.key)
    worth = view.item_text(item).removeprefix(name).partition("[")[0].strip()
    marks = [mark for mark in ("eternal", "perishable", "rental") if getattr(item, mark)]
    if item.edition:
        marks.insert(0, short(item.edition))
    drawn = _lines(_wrapped(name), 24) + _lines(_wrapped(worth), 74, "g")
    drawn += _lines([" ".join(filter(None, [price, *marks]))], 108, "g")
    if item.debuffed:
        drawn.append('<path d="M8 8 76 108M76 8 8 108" stroke="#c02b3a" stroke-width="3"/>')
    return "".join(drawn)


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
