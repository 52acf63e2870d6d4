"""Population-based training: several runs, the worst of which go on where the best stand."""
