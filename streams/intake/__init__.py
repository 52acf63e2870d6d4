"""Intake: from bytes of any accepted format to validated events, as pure functions.

| file | story |
|---|---|
| ``decode.py`` | bytes, key and headers to an EventBatch: ours, BalatroMCP's or BalatroBot's |
| ``validate.py`` | one event: envelope and payload |
| ``verbs.py`` | what each verb needs: phases, cards, slots |
| ``progress.py`` | an event against the game so far |
| ``visibility.py`` | what the player may not know is removed |
| ``rejection.py`` | every reason for which input is refused |
| ``balatrobot.py``, ``balatromcp.py``, ``recording.py`` | foreign formats |
"""
