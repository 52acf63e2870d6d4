"""Playing games through the bus: what ``jimbot-stream up`` does.

``plan`` names the games and their seeds, ``player`` plays one of them, ``desk`` asks for its
decisions on the bus, ``table`` seats many players, ``generations`` waits for the learner
between them. ``up`` starts the processes, ``progress`` and ``page`` show how it goes,
``summary`` says how it went.
"""
