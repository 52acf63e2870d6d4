"""The gate as a run records it."""

import pytest

from jimbot_stream.agents.gate.config import GateConfig, from_json


def test_it_is_read_as_it_was_written() -> None:
    gate = GateConfig(every=3, games=17, level=0.01, deck="b_blue", stake=2)
    assert from_json(gate.to_json()) == gate
    assert from_json("") is None


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("every", 0, "every and most_steps must be at least 1"),
        ("most_steps", 0, "every and most_steps must be at least 1"),
        ("games", 1, "games must be at least 2"),
        ("level", 0.0, "level must lie between 0 and 1"),
        ("level", float("nan"), "level must lie between 0 and 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(field: str, value: float, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        GateConfig(**{field: value})  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("text", ["[]", '{"games":3}', "{"])
def test_a_gate_of_another_release_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"other fields than this release's|Expecting"):
        from_json(text)
