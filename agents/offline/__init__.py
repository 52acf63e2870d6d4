"""Learning from recorded games: behaviour cloning, MARWIL and implicit Q-learning.

| file | holds |
|---|---|
| ``config.py`` | what a run is told |
| ``episode.py`` | a recorded game in columns: what was seen, done and gained |
| ``selection.py`` | which games of the log are learned from, and why not the others |
| ``source.py`` | games of the log, as columns |
| ``parquet.py``, ``minari.py`` | the same columns in files, and read back |
| ``imitation.py`` | the update of BC and MARWIL |
| ``critics.py``, ``implicit.py`` | the update of IQL |
| ``update.py`` | checkpoint + batch + config + seed -> checkpoint, as a pure function |
| ``training.py`` | a recorded run, update by update |
| ``measuring.py`` | how well weights tell what was done in games held out |
| ``cli.py``, ``command.py``, ``exporting.py`` | what users type and see |
"""
