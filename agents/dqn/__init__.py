"""Masked DQN on RLlib's learner: double, dueling, n-step, from a prioritised replay memory."""
