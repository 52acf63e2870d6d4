"""Stages of growing difficulty, and the rule by which a run in the simulator goes through them."""
