"""What an exact estimate does not see of jokers, vouchers and tags: rules of thumb, in numbers.

The unit is a doubling of what a hand scores. ``PROMISE`` says what a joker will have grown by
until the next ante, or that it withers; ``INCOME`` dollars that it brings in a round.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER_ID
from jimbot_stream.balatro.tables.tags import NUMBER as TAG_ID
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER_ID

PROMISES: Final[Mapping[str, float]] = {
    "ride_the_bus": 0.3, "green_joker": 0.4, "constellation": 0.5, "hologram": 0.4, "wee": 0.4,
    "runner": 0.3, "square": 0.3, "trousers": 0.5, "lucky_cat": 0.3, "campfire": 0.5,
    "obelisk": 0.2, "vampire": 0.2, "madness": 0.3, "red_card": 0.2, "flash": 0.3, "castle": 0.3,
    "hiker": 0.3, "fortune_teller": 0.3, "supernova": 0.4, "caino": 1.0, "yorick": 1.0,
    "glass": 0.2, "throwback": 0.1, "hit_the_road": 0.2, "ceremonial": 0.2, "loyalty_card": 0.5,
    "space": 0.4, "burnt": 0.5, "dna": 0.4, "certificate": 0.2, "cartomancer": 0.5,
    "riff_raff": 0.2, "vagabond": 0.2, "hallucination": 0.1, "8_ball": 0.1, "superposition": 0.1,
    "sixth_sense": 0.1, "seance": 0.05, "mr_bones": 0.3, "chicot": 1.0, "luchador": 0.2,
    "perkeo": 0.8, "invisible": 0.5, "marble": 0.0, "midas_mask": 0.1, "diet_cola": 0.1,
    "chaos": 0.3, "astronomer": 0.3, "ring_master": 0.1, "burglar": 0.3, "trading": 0.2,
    "ice_cream": -0.5, "popcorn": -0.6, "gros_michel": -0.4, "turtle_bean": -0.4, "ramen": -0.3,
    "selzer": -0.5, "swashbuckler": 0.1,
}  # fmt: skip
INCOMES: Final[Mapping[str, float]] = {
    "golden": 4.0, "rocket": 3.0, "cloud_9": 4.0, "satellite": 2.5, "egg": 2.0, "mail": 2.5,
    "business": 2.5, "reserved_parking": 2.0, "faceless": 3.0, "delayed_grat": 1.5, "gift": 3.0,
    "to_the_moon": 3.0, "rough_gem": 2.0, "todo_list": 2.5, "ticket": 1.0, "matador": 1.0,
}  # fmt: skip
VOUCHERS: Final[Mapping[str, float]] = {
    "overstock_norm": 0.6, "overstock_plus": 0.6, "clearance_sale": 0.6, "liquidation": 0.7,
    "hone": 0.2, "glow_up": 0.3, "reroll_surplus": 0.5, "reroll_glut": 0.5, "crystal_ball": 0.2,
    "omen_globe": 0.1, "telescope": 0.5, "observatory": 0.2, "tarot_merchant": 0.2,
    "tarot_tycoon": 0.2, "planet_merchant": 0.3, "planet_tycoon": 0.3, "seed_money": 0.6,
    "money_tree": 0.6, "blank": 0.1, "antimatter": 1.2, "directors_cut": 0.1, "retcon": 0.2,
}  # fmt: skip
TAGS: Final[Mapping[str, float]] = {
    "uncommon": 0.35, "rare": 0.6, "negative": 0.8, "foil": 0.35, "holo": 0.5, "polychrome": 0.8,
    "investment": 0.8, "voucher": 0.4, "charm": 0.4, "meteor": 0.5, "buffoon": 0.7, "top_up": 0.3,
    "ethereal": 0.3, "coupon": 0.5, "double": 0.3, "d_six": 0.3, "orbital": 0.6, "economy": 0.5,
}  # fmt: skip


def _by_id(
    numbers: Mapping[str, int], prefix: str, told: Mapping[str, float]
) -> NDArray[np.float64]:
    table = np.zeros(len(numbers) + 1, dtype=np.float64)
    for name, value in told.items():
        table[numbers[prefix + name]] = value
    table.setflags(write=False)
    return table


PROMISE: Final = _by_id(JOKER_ID, "j_", PROMISES)
INCOME: Final = _by_id(JOKER_ID, "j_", INCOMES)
VOUCHER: Final = _by_id(VOUCHER_ID, "v_", VOUCHERS)
TAG: Final = _by_id(TAG_ID, "tag_", TAGS)
