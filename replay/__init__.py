"""The audit: run a recorded history again and say where, if anywhere, it differs.

Reading order: ``history.py`` (log to typed entries), ``chains.py`` (was the record
edited?), ``rules.py`` and ``decisions.py`` (does the same happen again?), ``updates.py``
(do the same games make the same weights?), ``replayer.py`` (all of it), ``verdict.py``
and ``report.py`` (what came out), ``cli.py`` (``jimbot-replay``).
"""
