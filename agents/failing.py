"""How an update may fail; a module of its own, because those that raise these load for seconds."""


class DivergedError(ArithmeticError):
    """The loss, a gradient or a weight is not finite; the weights before must stay in service."""

    def __init__(self, what: str) -> None:
        """Say what is not finite, and what to do."""
        super().__init__(
            f"{what} is not finite: the weights before the update stay. If it happens again, begin"
            " a run with a lower learning rate or gradient norm"
        )


class RulesDisagreeError(RuntimeError):
    """The rules refused an action that they had listed; the run must not go on."""
