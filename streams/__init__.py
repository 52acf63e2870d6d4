"""The streams: one file is one story from topic to topic.

| file | reads | writes |
|---|---|---|
| ``episodes.py`` | ``game.state``, ``game.lifecycle`` | log, table, ``learning.episode`` |
| ``decisions.py`` | ``learning.decision.request`` | log, ``learning.decision.response`` |
| ``checkpoints.py`` | ``learning.checkpoint`` | the policies in service |

The way of a record: ``consuming.py`` (from Faust, many at a time, acknowledged in order by
``acks.py``) → ``records.py`` (decoded and validated by ``intake/``, counted by
``numbering.py``) → ``games.py`` (one game at a time, loaded from the log) → ``applying.py``
(what each event does to its game; ``waiting.py`` keeps those that came too early;
``deciding.py`` decides) → the log → the rows of ``tables.py`` → ``outbox.py``.

Whatever cannot be used goes to ``dead-letter`` with its reason. ``episode.py`` is the fold
of a game that every row comes from, ``service.py`` puts all of it together.
"""
