"""What a new checkpoint must pass before it decides: a panel of games, and a stated test.

| file | holds |
|---|---|
| ``config.py`` | when a run compares, on which games, at which level |
| ``paired.py`` | the test |
| ``gate.py`` | two evaluations and what follows from them |
| ``succession.py`` | what becomes of a run's new checkpoint: promoted, accepted or turned down |
"""
