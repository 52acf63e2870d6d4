"""What the cards, hands, blinds and decks say: frozen typed rows, one line each, no logic.

``compiled`` turns the rows into read-only arrays for the kernels.
"""
