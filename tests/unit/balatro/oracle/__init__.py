"""A slow second opinion on scoring: the game's rules as plain Python, card by card.

Written without the kernels and without the rules of the joker table, so that both can only
agree where both are right. It reads the record of a run once and then keeps to its own objects.
"""
