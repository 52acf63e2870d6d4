"""One-step lookahead: every candidate is carried out in copies of the game and its outcome judged.

Nothing hidden leaks: in every copy the unseen cards are dealt anew and the random streams get
another seed (``worlds``), so that a choice is a function of what the player sees. In a round,
copies are played on by a rule to its end (``playouts``); elsewhere the build is judged by the
hands that it would make of freshly dealt cards (``builds``). ``search`` chooses.
"""
