"""The streams: one file is one story from topic to topic.

| file | reads | writes |
|---|---|---|
| ``episodes.py`` | ``game.state``, ``game.lifecycle`` | event log, table ``episodes``, ``learning.episode`` |
| ``decisions.py`` | ``learning.decision.request`` | event log, ``learning.decision.response`` |
| ``checkpoints.py`` | ``learning.checkpoint`` | the policies in service |

Whatever cannot be used goes to ``dead-letter`` with its reason; ``intake/`` holds the
functions that turn bytes of any accepted format into validated events.
"""
