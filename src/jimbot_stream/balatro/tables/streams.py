"""The seeded random streams of the game, by the key with which the game names each.

A key is a prefix, for most streams the ante, and for few a suffix: ``rarity3sho`` is the
rarity of a joker in a shop of ante 3. Where a pool has a hole, the game draws again from
a stream of its own, with ``_resample2``, ``_resample3``, … at the end.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stream:
    """A random stream: its key around the ante, whether the ante is in it, and its purpose."""

    prefix: str
    ante: bool
    purpose: str
    suffix: str = ""

    @property
    def name(self) -> str:
        """The key without ante."""
        return self.prefix + self.suffix


JOKER_SOURCES = {
    "sho": "in the shop",
    "buf": "in a Buffoon Pack",
    "jud": "of Judgement",
    "wra": "of Wraith",
    "sou": "of The Soul",
    "rif": "of Riff-raff",
    "top": "of a Top-up Tag",
    "rta": "of a Rare Tag",
    "uta": "of an Uncommon Tag",
}
"""Where jokers come from, by the letters in the keys."""

TAROT_SOURCES = {
    "sho": "in the shop",
    "ar1": "in an Arcana Pack",
    "emp": "of The Emperor",
    "car": "of Cartomancer",
    "8ba": "of 8 Ball and of purple seals",
    "hal": "of Hallucination",
    "sup": "of Superposition",
    "vag": "of Vagabond",
}
PLANET_SOURCES = {
    "sho": "in the shop",
    "pl1": "in a Celestial Pack",
    "pri": "of The High Priestess",
}
SPECTRAL_SOURCES = {
    "sho": "in the shop",
    "ar2": "in an Arcana Pack, by Omen Globe",
    "spe": "in a Spectral Pack",
    "sea": "of Seance",
    "sixth": "of Sixth Sense",
}


def _created() -> tuple[Stream, ...]:
    rarities = [
        Stream("rarity", True, f"rarity of a joker {JOKER_SOURCES[source]}", source)
        for source in ("sho", "buf", "jud", "sou")
    ]
    jokers = [
        Stream(f"Joker{rarity}{source}", True, f"joker of rarity {rarity} {told}")
        for source, told in JOKER_SOURCES.items()
        if source != "sou"
        for rarity in (1, 2, 3)
    ]
    editions = [
        Stream(f"edi{source}", True, f"edition of a joker {told}")
        for source, told in JOKER_SOURCES.items()
    ]
    consumables = [
        Stream(f"{kind}{source}", True, f"{kind} card {told}")
        for kind, sources in (
            ("Tarot", TAROT_SOURCES),
            ("Planet", PLANET_SOURCES),
            ("Spectral", SPECTRAL_SOURCES),
        )
        for source, told in sources.items()
    ]
    return (*rarities, *jokers, *editions, *consumables)


STREAMS = (
    Stream("shuffle", False, "the deck, once, when the run starts"),
    Stream("nr", True, "the deck, when a blind is selected"),
    Stream("cashout", True, "the deck, when a round's reward is taken"),
    Stream("erratic", False, "the cards of the Erratic Deck"),
    # --- offers
    Stream("boss", False, "the boss of an ante"),
    Stream("Tag", True, "the tags for skipping blinds"),
    Stream("orbital", False, "the poker hand of an Orbital Tag"),
    Stream("Voucher", True, "the voucher of an ante"),
    Stream("Voucher_fromtag", False, "the voucher of a Voucher Tag"),
    # --- targets of a round
    Stream("idol", True, "the card of The Idol"),
    Stream("mail", True, "the rank of Mail-In Rebate"),
    Stream("anc", True, "the suit of Ancient Joker"),
    Stream("cas", True, "the suit of Castle"),
    Stream("to_do", False, "the poker hand of To Do List"),
    # --- shop
    Stream("cdt", True, "what kind of card a slot of the shop holds"),
    Stream("shop_pack", True, "the packs of the shop"),
    Stream("etperpoll", True, "whether a joker in the shop is Eternal or Perishable"),
    Stream("ssjr", True, "whether a joker in the shop is Rental"),
    Stream("frontsho", True, "rank and suit of a playing card in the shop"),
    Stream("Enhancedsho", True, "enhancement of a playing card in the shop, by Illusion"),
    Stream("illusion", False, "whether Illusion enhances a card, and its edition"),
    # --- packs
    Stream("packetper", True, "whether a joker in a pack is Eternal or Perishable"),
    Stream("packssjr", True, "whether a joker in a pack is Rental"),
    Stream("omen_globe", False, "whether Omen Globe puts a Spectral card into an Arcana Pack"),
    Stream("soul_Tarot", True, "whether an Arcana Pack holds The Soul"),
    Stream("soul_Planet", True, "whether a Celestial Pack holds Black Hole"),
    Stream("soul_Spectral", True, "whether a Spectral card is The Soul, or Black Hole"),
    Stream("stdset", True, "whether a card in a Standard Pack is enhanced"),
    Stream("Enhancedsta", True, "enhancement of a card in a Standard Pack"),
    Stream("frontsta", True, "rank and suit of a card in a Standard Pack"),
    Stream("standard_edition", True, "edition of a card in a Standard Pack"),
    Stream("stdseal", True, "whether a card in a Standard Pack has a seal"),
    Stream("stdsealtype", True, "which seal"),
    # --- created jokers and consumables
    *_created(),
    Stream("Joker4", False, "the Legendary joker of The Soul"),
    # --- scoring
    Stream("lucky_mult", False, "whether a Lucky Card gives Mult"),
    Stream("lucky_money", False, "whether a Lucky Card pays"),
    Stream("glass", False, "whether a Glass Card breaks"),
    Stream("misprint", False, "the Mult of Misprint"),
    Stream("bloodstone", False, "Bloodstone"),
    Stream("business", False, "Business Card"),
    Stream("parking", False, "Reserved Parking"),
    Stream("space", False, "Space Joker"),
    Stream("8ball", False, "8 Ball"),
    # --- jokers outside scoring
    Stream("halu", True, "Hallucination"),
    Stream("gros_michel", False, "whether Gros Michel goes extinct"),
    Stream("cavendish", False, "whether Cavendish goes extinct"),
    Stream("invisible", False, "the joker that Invisible Joker copies"),
    Stream("perkeo", False, "the consumable that Perkeo copies"),
    Stream("madness", False, "the joker that Madness destroys"),
    Stream("marb_fr", False, "rank and suit of Marble Joker's card"),
    Stream("cert_fr", False, "rank and suit of Certificate's card"),
    Stream("certsl", False, "the seal of Certificate's card"),
    Stream("front", False, "rank and suit of any other new playing card"),
    # --- consumables
    Stream("wheel_of_fortune", False, "The Wheel of Fortune: whether, which joker, which edition"),
    Stream("aura", False, "the edition that Aura gives"),
    Stream("hex", False, "the joker that Hex spares"),
    Stream("ectoplasm", False, "the joker that Ectoplasm makes Negative"),
    Stream("ankh_choice", False, "the joker that Ankh copies"),
    Stream("immolate", False, "the cards that Immolate destroys"),
    Stream("random_destroy", False, "the card that Familiar, Grim or Incantation destroys"),
    Stream("familiar_create", False, "rank and suit of the cards of Familiar"),
    Stream("grim_create", False, "suit of the cards of Grim"),
    Stream("incantation_create", False, "rank and suit of the cards of Incantation"),
    Stream("spe_card", False, "enhancement of the cards of Familiar, Grim or Incantation"),
    Stream("sigil", False, "the suit of Sigil"),
    Stream("ouija", False, "the rank of Ouija"),
    # --- bosses
    Stream("hook", False, "the cards that The Hook discards"),
    Stream("wheel", False, "whether The Wheel turns a card face down"),
    Stream("cerulean_bell", False, "the card that Cerulean Bell forces"),
    Stream("crimson_heart", False, "the joker that Crimson Heart debuffs"),
    Stream("aajk", False, "the order of the jokers under Amber Acorn"),
)

NUMBER = {stream.name: number for number, stream in enumerate(STREAMS)}
"""Index into STREAMS by key without ante."""
