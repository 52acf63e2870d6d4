"""Where anything in the log came from, and what came of it.

One pass over the log makes a graph (``index``): decisions, games, checkpoints, updates, runs,
evaluations, changes of what is in service, configurations, environments, rules. An edge points
from what came later to what it came from, and names the event that says so. ``tracing`` follows
edges one way or the other, ``summary`` draws long lists together, and ``report`` prints.
"""
