"""How numbers and names stand in sentences about cards."""

from jimbot_stream.balatro.tables.schema import Then


def number_text(value: float) -> str:
    """A number as a card shows it: no zeros behind the point, thousands apart."""
    return f"{round(value, 4):,.4f}".rstrip("0").rstrip(".")


def amount_text(then: Then, amount: float) -> str:
    """An amount as a card shows it, for example ``+4 Mult``, ``X1.5 Mult`` or ``$3``."""
    shown = number_text(abs(amount))
    sign = "-" if amount < 0 else "+"
    if then == Then.XMULT:
        return f"X{number_text(amount)} Mult"
    if then == Then.DOLLARS:
        return f"{'-' if amount < 0 else ''}${shown}"
    return f"{sign}{shown} {'Chips' if then == Then.CHIPS else 'Mult'}"


def whole(text: str) -> str:
    """A sentence: with a capital, and a full stop."""
    return text[:1].upper() + text[1:] + "."


def plural(count: int) -> str:
    """The ending of a noun that is counted."""
    return "" if abs(count) == 1 else "s"


def article(name: str) -> str:
    """A name with its article, where it takes one: ``a Pair``, but ``Two Pair``."""
    if name == "Two Pair" or name.endswith("of a Kind"):
        return name
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
