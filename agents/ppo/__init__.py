"""Masked PPO on RLlib's learner: configuration, advantages, the update of one batch."""
