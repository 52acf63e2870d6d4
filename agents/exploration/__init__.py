"""Exploring: a reward for combinations of jokers that were seldom held, and builds to aim at."""
