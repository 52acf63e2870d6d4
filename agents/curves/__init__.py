"""Learning curves: what the log tells of runs, over the decisions that they learned from."""
