"""Which blobs of a training run stay on disk, and how those come back that were let go.

A checkpoint, the games and the replay memory after an update follow from those before it, so not
every one has to be kept: ``rule`` says which, ``pruning`` lets go of the others once the log says
so, ``recompute`` makes them again.
"""
