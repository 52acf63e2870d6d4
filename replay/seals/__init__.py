"""Seals: Merkle trees over the whole log, signed, anchored outside it, and proofs from them.

``merkle`` is the tree of RFC 6962, ``leaves`` says what of an event stands in it, ``note`` is the
signed text that names a root, ``sealing`` appends seals, ``inspecting`` compares a log with them,
``proof`` verifies one event without the log, ``anchor`` keeps the newest root elsewhere.
"""
