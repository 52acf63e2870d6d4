"""Finding one's way in a record: what there is, how it stood at an event, where two part.

``catalogue`` lists streams, ``moment`` is a game or a run as it stood, ``comparing`` finds the
first difference of two games, runs or checkpoints; ``cli`` has the commands ``list``, ``at`` and
``diff``.
"""
