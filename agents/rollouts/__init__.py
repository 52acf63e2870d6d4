"""Training in the simulator: many games in lockstep, sampled and learned from in columns."""
