"""What made a checkpoint or an evaluation, as an in-toto statement that other tools understand.

``provenance`` reads it off the record, ``statement`` has the shape of in-toto and SLSA,
``envelope`` signs it (DSSE).
"""
