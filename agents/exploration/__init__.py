"""Exploring: a plan for each game, and a reward for what was seldom seen; see README.md."""
