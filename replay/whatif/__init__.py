"""What another player would have done in recorded games, and what that would have been worth.

Nothing is played and nothing is written: every recorded state is shown to the other player, who
sees what was seen then. From how its choices and probabilities differ from the recorded ones follow
agreement, distances between policies, and estimates of the value that it would have had
(``estimators``), where the record supports such an estimate at all (``support``).
"""
