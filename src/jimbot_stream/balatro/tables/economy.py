"""What a beaten round pays beside the blind's reward."""

DOLLARS_PER_HAND = 1
"""For every hand that was left."""

INTEREST_STEP = 5
"""One dollar of interest for each this many dollars held before the payout."""

INTEREST_CAP = 5
"""Most dollars of interest of one round."""
