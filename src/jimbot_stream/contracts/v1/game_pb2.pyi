from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHASE_UNSPECIFIED: _ClassVar[Phase]
    PHASE_MENU: _ClassVar[Phase]
    PHASE_BLIND_SELECT: _ClassVar[Phase]
    PHASE_SELECTING_HAND: _ClassVar[Phase]
    PHASE_ROUND_EVAL: _ClassVar[Phase]
    PHASE_SHOP: _ClassVar[Phase]
    PHASE_PACK: _ClassVar[Phase]
    PHASE_GAME_OVER: _ClassVar[Phase]
    PHASE_TRANSITION: _ClassVar[Phase]

class Suit(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SUIT_UNSPECIFIED: _ClassVar[Suit]
    SUIT_CLUBS: _ClassVar[Suit]
    SUIT_DIAMONDS: _ClassVar[Suit]
    SUIT_HEARTS: _ClassVar[Suit]
    SUIT_SPADES: _ClassVar[Suit]

class PackKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PACK_KIND_UNSPECIFIED: _ClassVar[PackKind]
    PACK_KIND_ARCANA: _ClassVar[PackKind]
    PACK_KIND_CELESTIAL: _ClassVar[PackKind]
    PACK_KIND_STANDARD: _ClassVar[PackKind]
    PACK_KIND_BUFFOON: _ClassVar[PackKind]
    PACK_KIND_SPECTRAL: _ClassVar[PackKind]

class ActionVerb(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTION_VERB_UNSPECIFIED: _ClassVar[ActionVerb]
    ACTION_VERB_PLAY: _ClassVar[ActionVerb]
    ACTION_VERB_DISCARD: _ClassVar[ActionVerb]
    ACTION_VERB_SELECT_BLIND: _ClassVar[ActionVerb]
    ACTION_VERB_SKIP_BLIND: _ClassVar[ActionVerb]
    ACTION_VERB_CASH_OUT: _ClassVar[ActionVerb]
    ACTION_VERB_NEXT_ROUND: _ClassVar[ActionVerb]
    ACTION_VERB_BUY_CARD: _ClassVar[ActionVerb]
    ACTION_VERB_BUY_VOUCHER: _ClassVar[ActionVerb]
    ACTION_VERB_BUY_PACK: _ClassVar[ActionVerb]
    ACTION_VERB_BUY_AND_USE: _ClassVar[ActionVerb]
    ACTION_VERB_PICK_PACK: _ClassVar[ActionVerb]
    ACTION_VERB_SKIP_PACK: _ClassVar[ActionVerb]
    ACTION_VERB_SELL_JOKER: _ClassVar[ActionVerb]
    ACTION_VERB_SELL_CONSUMABLE: _ClassVar[ActionVerb]
    ACTION_VERB_USE: _ClassVar[ActionVerb]
    ACTION_VERB_REROLL: _ClassVar[ActionVerb]
    ACTION_VERB_REROLL_BOSS: _ClassVar[ActionVerb]
    ACTION_VERB_REARRANGE_HAND: _ClassVar[ActionVerb]
    ACTION_VERB_REARRANGE_JOKERS: _ClassVar[ActionVerb]
    ACTION_VERB_REARRANGE_CONSUMABLES: _ClassVar[ActionVerb]
PHASE_UNSPECIFIED: Phase
PHASE_MENU: Phase
PHASE_BLIND_SELECT: Phase
PHASE_SELECTING_HAND: Phase
PHASE_ROUND_EVAL: Phase
PHASE_SHOP: Phase
PHASE_PACK: Phase
PHASE_GAME_OVER: Phase
PHASE_TRANSITION: Phase
SUIT_UNSPECIFIED: Suit
SUIT_CLUBS: Suit
SUIT_DIAMONDS: Suit
SUIT_HEARTS: Suit
SUIT_SPADES: Suit
PACK_KIND_UNSPECIFIED: PackKind
PACK_KIND_ARCANA: PackKind
PACK_KIND_CELESTIAL: PackKind
PACK_KIND_STANDARD: PackKind
PACK_KIND_BUFFOON: PackKind
PACK_KIND_SPECTRAL: PackKind
ACTION_VERB_UNSPECIFIED: ActionVerb
ACTION_VERB_PLAY: ActionVerb
ACTION_VERB_DISCARD: ActionVerb
ACTION_VERB_SELECT_BLIND: ActionVerb
ACTION_VERB_SKIP_BLIND: ActionVerb
ACTION_VERB_CASH_OUT: ActionVerb
ACTION_VERB_NEXT_ROUND: ActionVerb
ACTION_VERB_BUY_CARD: ActionVerb
ACTION_VERB_BUY_VOUCHER: ActionVerb
ACTION_VERB_BUY_PACK: ActionVerb
ACTION_VERB_BUY_AND_USE: ActionVerb
ACTION_VERB_PICK_PACK: ActionVerb
ACTION_VERB_SKIP_PACK: ActionVerb
ACTION_VERB_SELL_JOKER: ActionVerb
ACTION_VERB_SELL_CONSUMABLE: ActionVerb
ACTION_VERB_USE: ActionVerb
ACTION_VERB_REROLL: ActionVerb
ACTION_VERB_REROLL_BOSS: ActionVerb
ACTION_VERB_REARRANGE_HAND: ActionVerb
ACTION_VERB_REARRANGE_JOKERS: ActionVerb
ACTION_VERB_REARRANGE_CONSUMABLES: ActionVerb

class Action(_message.Message):
    __slots__ = ("verb", "cards", "slot", "target")
    VERB_FIELD_NUMBER: _ClassVar[int]
    CARDS_FIELD_NUMBER: _ClassVar[int]
    SLOT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    verb: ActionVerb
    cards: _containers.RepeatedScalarFieldContainer[int]
    slot: int
    target: int
    def __init__(self, verb: _Optional[_Union[ActionVerb, str]] = ..., cards: _Optional[_Iterable[int]] = ..., slot: _Optional[int] = ..., target: _Optional[int] = ...) -> None: ...

class LegalAction(_message.Message):
    __slots__ = ("verb", "min_cards", "max_cards", "selectable_cards", "forced_cards", "slots", "targets")
    VERB_FIELD_NUMBER: _ClassVar[int]
    MIN_CARDS_FIELD_NUMBER: _ClassVar[int]
    MAX_CARDS_FIELD_NUMBER: _ClassVar[int]
    SELECTABLE_CARDS_FIELD_NUMBER: _ClassVar[int]
    FORCED_CARDS_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    verb: ActionVerb
    min_cards: int
    max_cards: int
    selectable_cards: _containers.RepeatedScalarFieldContainer[int]
    forced_cards: _containers.RepeatedScalarFieldContainer[int]
    slots: _containers.RepeatedScalarFieldContainer[int]
    targets: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, verb: _Optional[_Union[ActionVerb, str]] = ..., min_cards: _Optional[int] = ..., max_cards: _Optional[int] = ..., selectable_cards: _Optional[_Iterable[int]] = ..., forced_cards: _Optional[_Iterable[int]] = ..., slots: _Optional[_Iterable[int]] = ..., targets: _Optional[_Iterable[int]] = ...) -> None: ...

class Card(_message.Message):
    __slots__ = ("id", "suit", "rank", "enhancement", "edition", "seal", "debuffed", "face_down", "bonus", "forced", "played_this_ante", "has_edition")
    ID_FIELD_NUMBER: _ClassVar[int]
    SUIT_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    ENHANCEMENT_FIELD_NUMBER: _ClassVar[int]
    EDITION_FIELD_NUMBER: _ClassVar[int]
    SEAL_FIELD_NUMBER: _ClassVar[int]
    DEBUFFED_FIELD_NUMBER: _ClassVar[int]
    FACE_DOWN_FIELD_NUMBER: _ClassVar[int]
    BONUS_FIELD_NUMBER: _ClassVar[int]
    FORCED_FIELD_NUMBER: _ClassVar[int]
    PLAYED_THIS_ANTE_FIELD_NUMBER: _ClassVar[int]
    HAS_EDITION_FIELD_NUMBER: _ClassVar[int]
    id: int
    suit: Suit
    rank: int
    enhancement: str
    edition: str
    seal: str
    debuffed: bool
    face_down: bool
    bonus: int
    forced: bool
    played_this_ante: bool
    has_edition: bool
    def __init__(self, id: _Optional[int] = ..., suit: _Optional[_Union[Suit, str]] = ..., rank: _Optional[int] = ..., enhancement: _Optional[str] = ..., edition: _Optional[str] = ..., seal: _Optional[str] = ..., debuffed: bool = ..., face_down: bool = ..., bonus: _Optional[int] = ..., forced: bool = ..., played_this_ante: bool = ..., has_edition: bool = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ("key", "cost", "sell_value", "edition", "eternal", "perishable", "rental", "debuffed", "face_down", "card", "value", "counter", "perish_left", "coupon")
    KEY_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    SELL_VALUE_FIELD_NUMBER: _ClassVar[int]
    EDITION_FIELD_NUMBER: _ClassVar[int]
    ETERNAL_FIELD_NUMBER: _ClassVar[int]
    PERISHABLE_FIELD_NUMBER: _ClassVar[int]
    RENTAL_FIELD_NUMBER: _ClassVar[int]
    DEBUFFED_FIELD_NUMBER: _ClassVar[int]
    FACE_DOWN_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    COUNTER_FIELD_NUMBER: _ClassVar[int]
    PERISH_LEFT_FIELD_NUMBER: _ClassVar[int]
    COUPON_FIELD_NUMBER: _ClassVar[int]
    key: str
    cost: int
    sell_value: int
    edition: str
    eternal: bool
    perishable: bool
    rental: bool
    debuffed: bool
    face_down: bool
    card: Card
    value: float
    counter: int
    perish_left: int
    coupon: bool
    def __init__(self, key: _Optional[str] = ..., cost: _Optional[int] = ..., sell_value: _Optional[int] = ..., edition: _Optional[str] = ..., eternal: bool = ..., perishable: bool = ..., rental: bool = ..., debuffed: bool = ..., face_down: bool = ..., card: _Optional[_Union[Card, _Mapping]] = ..., value: _Optional[float] = ..., counter: _Optional[int] = ..., perish_left: _Optional[int] = ..., coupon: bool = ...) -> None: ...

class Tag(_message.Message):
    __slots__ = ("key", "hand")
    KEY_FIELD_NUMBER: _ClassVar[int]
    HAND_FIELD_NUMBER: _ClassVar[int]
    key: str
    hand: str
    def __init__(self, key: _Optional[str] = ..., hand: _Optional[str] = ...) -> None: ...

class RoundTargets(_message.Message):
    __slots__ = ("idol_rank", "idol_suit", "mail_rank", "ancient_suit", "castle_suit")
    IDOL_RANK_FIELD_NUMBER: _ClassVar[int]
    IDOL_SUIT_FIELD_NUMBER: _ClassVar[int]
    MAIL_RANK_FIELD_NUMBER: _ClassVar[int]
    ANCIENT_SUIT_FIELD_NUMBER: _ClassVar[int]
    CASTLE_SUIT_FIELD_NUMBER: _ClassVar[int]
    idol_rank: int
    idol_suit: Suit
    mail_rank: int
    ancient_suit: Suit
    castle_suit: Suit
    def __init__(self, idol_rank: _Optional[int] = ..., idol_suit: _Optional[_Union[Suit, str]] = ..., mail_rank: _Optional[int] = ..., ancient_suit: _Optional[_Union[Suit, str]] = ..., castle_suit: _Optional[_Union[Suit, str]] = ...) -> None: ...

class HandLevel(_message.Message):
    __slots__ = ("hand", "level", "chips", "mult", "played", "played_this_round")
    HAND_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    CHIPS_FIELD_NUMBER: _ClassVar[int]
    MULT_FIELD_NUMBER: _ClassVar[int]
    PLAYED_FIELD_NUMBER: _ClassVar[int]
    PLAYED_THIS_ROUND_FIELD_NUMBER: _ClassVar[int]
    hand: str
    level: int
    chips: int
    mult: int
    played: int
    played_this_round: int
    def __init__(self, hand: _Optional[str] = ..., level: _Optional[int] = ..., chips: _Optional[int] = ..., mult: _Optional[int] = ..., played: _Optional[int] = ..., played_this_round: _Optional[int] = ...) -> None: ...

class Blind(_message.Message):
    __slots__ = ("key", "boss", "chips_required", "chips_required_exact", "reward")
    KEY_FIELD_NUMBER: _ClassVar[int]
    BOSS_FIELD_NUMBER: _ClassVar[int]
    CHIPS_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    CHIPS_REQUIRED_EXACT_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    key: str
    boss: bool
    chips_required: float
    chips_required_exact: str
    reward: int
    def __init__(self, key: _Optional[str] = ..., boss: bool = ..., chips_required: _Optional[float] = ..., chips_required_exact: _Optional[str] = ..., reward: _Optional[int] = ...) -> None: ...

class GameState(_message.Message):
    __slots__ = ("phase", "seed", "deck", "stake", "ante", "round", "money", "blind", "chips", "chips_exact", "hands_left", "discards_left", "hand_size", "hand", "draw_pile", "jokers", "joker_slots", "consumables", "consumable_slots", "shop_cards", "shop_vouchers", "shop_packs", "reroll_cost", "pack", "hand_levels", "vouchers", "tags", "won", "hands_played", "discard_pile", "boss", "boss_disabled", "boss_hands", "boss_hand", "boss_most_played", "boss_ready", "boss_triggered", "boss_rerolls", "tag_offers", "orbital_hands", "pack_kind", "pack_picks", "pack_return", "targets", "hands_per_round", "discards_per_round", "discards_used", "hand_size_bonus", "hands_total", "discards_unused", "skips", "tarots_used", "planets_used", "last_consumable", "last_hand", "ectoplasms", "gros_michel_extinct", "starting_cards", "first_pack_offered", "reroll_base", "reroll_more", "free_rerolls", "rerolls_from_zero", "win_ante", "endless", "best_score", "best_hand", "earned", "no_plain_joker", "reroll_less")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    DECK_FIELD_NUMBER: _ClassVar[int]
    STAKE_FIELD_NUMBER: _ClassVar[int]
    ANTE_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    MONEY_FIELD_NUMBER: _ClassVar[int]
    BLIND_FIELD_NUMBER: _ClassVar[int]
    CHIPS_FIELD_NUMBER: _ClassVar[int]
    CHIPS_EXACT_FIELD_NUMBER: _ClassVar[int]
    HANDS_LEFT_FIELD_NUMBER: _ClassVar[int]
    DISCARDS_LEFT_FIELD_NUMBER: _ClassVar[int]
    HAND_SIZE_FIELD_NUMBER: _ClassVar[int]
    HAND_FIELD_NUMBER: _ClassVar[int]
    DRAW_PILE_FIELD_NUMBER: _ClassVar[int]
    JOKERS_FIELD_NUMBER: _ClassVar[int]
    JOKER_SLOTS_FIELD_NUMBER: _ClassVar[int]
    CONSUMABLES_FIELD_NUMBER: _ClassVar[int]
    CONSUMABLE_SLOTS_FIELD_NUMBER: _ClassVar[int]
    SHOP_CARDS_FIELD_NUMBER: _ClassVar[int]
    SHOP_VOUCHERS_FIELD_NUMBER: _ClassVar[int]
    SHOP_PACKS_FIELD_NUMBER: _ClassVar[int]
    REROLL_COST_FIELD_NUMBER: _ClassVar[int]
    PACK_FIELD_NUMBER: _ClassVar[int]
    HAND_LEVELS_FIELD_NUMBER: _ClassVar[int]
    VOUCHERS_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    WON_FIELD_NUMBER: _ClassVar[int]
    HANDS_PLAYED_FIELD_NUMBER: _ClassVar[int]
    DISCARD_PILE_FIELD_NUMBER: _ClassVar[int]
    BOSS_FIELD_NUMBER: _ClassVar[int]
    BOSS_DISABLED_FIELD_NUMBER: _ClassVar[int]
    BOSS_HANDS_FIELD_NUMBER: _ClassVar[int]
    BOSS_HAND_FIELD_NUMBER: _ClassVar[int]
    BOSS_MOST_PLAYED_FIELD_NUMBER: _ClassVar[int]
    BOSS_READY_FIELD_NUMBER: _ClassVar[int]
    BOSS_TRIGGERED_FIELD_NUMBER: _ClassVar[int]
    BOSS_REROLLS_FIELD_NUMBER: _ClassVar[int]
    TAG_OFFERS_FIELD_NUMBER: _ClassVar[int]
    ORBITAL_HANDS_FIELD_NUMBER: _ClassVar[int]
    PACK_KIND_FIELD_NUMBER: _ClassVar[int]
    PACK_PICKS_FIELD_NUMBER: _ClassVar[int]
    PACK_RETURN_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    HANDS_PER_ROUND_FIELD_NUMBER: _ClassVar[int]
    DISCARDS_PER_ROUND_FIELD_NUMBER: _ClassVar[int]
    DISCARDS_USED_FIELD_NUMBER: _ClassVar[int]
    HAND_SIZE_BONUS_FIELD_NUMBER: _ClassVar[int]
    HANDS_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DISCARDS_UNUSED_FIELD_NUMBER: _ClassVar[int]
    SKIPS_FIELD_NUMBER: _ClassVar[int]
    TAROTS_USED_FIELD_NUMBER: _ClassVar[int]
    PLANETS_USED_FIELD_NUMBER: _ClassVar[int]
    LAST_CONSUMABLE_FIELD_NUMBER: _ClassVar[int]
    LAST_HAND_FIELD_NUMBER: _ClassVar[int]
    ECTOPLASMS_FIELD_NUMBER: _ClassVar[int]
    GROS_MICHEL_EXTINCT_FIELD_NUMBER: _ClassVar[int]
    STARTING_CARDS_FIELD_NUMBER: _ClassVar[int]
    FIRST_PACK_OFFERED_FIELD_NUMBER: _ClassVar[int]
    REROLL_BASE_FIELD_NUMBER: _ClassVar[int]
    REROLL_MORE_FIELD_NUMBER: _ClassVar[int]
    FREE_REROLLS_FIELD_NUMBER: _ClassVar[int]
    REROLLS_FROM_ZERO_FIELD_NUMBER: _ClassVar[int]
    WIN_ANTE_FIELD_NUMBER: _ClassVar[int]
    ENDLESS_FIELD_NUMBER: _ClassVar[int]
    BEST_SCORE_FIELD_NUMBER: _ClassVar[int]
    BEST_HAND_FIELD_NUMBER: _ClassVar[int]
    EARNED_FIELD_NUMBER: _ClassVar[int]
    NO_PLAIN_JOKER_FIELD_NUMBER: _ClassVar[int]
    REROLL_LESS_FIELD_NUMBER: _ClassVar[int]
    phase: Phase
    seed: str
    deck: str
    stake: int
    ante: int
    round: int
    money: int
    blind: Blind
    chips: float
    chips_exact: str
    hands_left: int
    discards_left: int
    hand_size: int
    hand: _containers.RepeatedCompositeFieldContainer[Card]
    draw_pile: _containers.RepeatedCompositeFieldContainer[Card]
    jokers: _containers.RepeatedCompositeFieldContainer[Item]
    joker_slots: int
    consumables: _containers.RepeatedCompositeFieldContainer[Item]
    consumable_slots: int
    shop_cards: _containers.RepeatedCompositeFieldContainer[Item]
    shop_vouchers: _containers.RepeatedCompositeFieldContainer[Item]
    shop_packs: _containers.RepeatedCompositeFieldContainer[Item]
    reroll_cost: int
    pack: _containers.RepeatedCompositeFieldContainer[Item]
    hand_levels: _containers.RepeatedCompositeFieldContainer[HandLevel]
    vouchers: _containers.RepeatedScalarFieldContainer[str]
    tags: _containers.RepeatedScalarFieldContainer[str]
    won: bool
    hands_played: int
    discard_pile: _containers.RepeatedCompositeFieldContainer[Card]
    boss: str
    boss_disabled: bool
    boss_hands: _containers.RepeatedScalarFieldContainer[str]
    boss_hand: str
    boss_most_played: str
    boss_ready: bool
    boss_triggered: bool
    boss_rerolls: int
    tag_offers: _containers.RepeatedCompositeFieldContainer[Tag]
    orbital_hands: _containers.RepeatedScalarFieldContainer[str]
    pack_kind: PackKind
    pack_picks: int
    pack_return: Phase
    targets: RoundTargets
    hands_per_round: int
    discards_per_round: int
    discards_used: int
    hand_size_bonus: int
    hands_total: int
    discards_unused: int
    skips: int
    tarots_used: int
    planets_used: _containers.RepeatedScalarFieldContainer[str]
    last_consumable: str
    last_hand: str
    ectoplasms: int
    gros_michel_extinct: bool
    starting_cards: int
    first_pack_offered: bool
    reroll_base: int
    reroll_more: int
    free_rerolls: int
    rerolls_from_zero: bool
    win_ante: int
    endless: bool
    best_score: float
    best_hand: float
    earned: int
    no_plain_joker: bool
    reroll_less: int
    def __init__(self, phase: _Optional[_Union[Phase, str]] = ..., seed: _Optional[str] = ..., deck: _Optional[str] = ..., stake: _Optional[int] = ..., ante: _Optional[int] = ..., round: _Optional[int] = ..., money: _Optional[int] = ..., blind: _Optional[_Union[Blind, _Mapping]] = ..., chips: _Optional[float] = ..., chips_exact: _Optional[str] = ..., hands_left: _Optional[int] = ..., discards_left: _Optional[int] = ..., hand_size: _Optional[int] = ..., hand: _Optional[_Iterable[_Union[Card, _Mapping]]] = ..., draw_pile: _Optional[_Iterable[_Union[Card, _Mapping]]] = ..., jokers: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., joker_slots: _Optional[int] = ..., consumables: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., consumable_slots: _Optional[int] = ..., shop_cards: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., shop_vouchers: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., shop_packs: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., reroll_cost: _Optional[int] = ..., pack: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., hand_levels: _Optional[_Iterable[_Union[HandLevel, _Mapping]]] = ..., vouchers: _Optional[_Iterable[str]] = ..., tags: _Optional[_Iterable[str]] = ..., won: bool = ..., hands_played: _Optional[int] = ..., discard_pile: _Optional[_Iterable[_Union[Card, _Mapping]]] = ..., boss: _Optional[str] = ..., boss_disabled: bool = ..., boss_hands: _Optional[_Iterable[str]] = ..., boss_hand: _Optional[str] = ..., boss_most_played: _Optional[str] = ..., boss_ready: bool = ..., boss_triggered: bool = ..., boss_rerolls: _Optional[int] = ..., tag_offers: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ..., orbital_hands: _Optional[_Iterable[str]] = ..., pack_kind: _Optional[_Union[PackKind, str]] = ..., pack_picks: _Optional[int] = ..., pack_return: _Optional[_Union[Phase, str]] = ..., targets: _Optional[_Union[RoundTargets, _Mapping]] = ..., hands_per_round: _Optional[int] = ..., discards_per_round: _Optional[int] = ..., discards_used: _Optional[int] = ..., hand_size_bonus: _Optional[int] = ..., hands_total: _Optional[int] = ..., discards_unused: _Optional[int] = ..., skips: _Optional[int] = ..., tarots_used: _Optional[int] = ..., planets_used: _Optional[_Iterable[str]] = ..., last_consumable: _Optional[str] = ..., last_hand: _Optional[str] = ..., ectoplasms: _Optional[int] = ..., gros_michel_extinct: bool = ..., starting_cards: _Optional[int] = ..., first_pack_offered: bool = ..., reroll_base: _Optional[int] = ..., reroll_more: _Optional[int] = ..., free_rerolls: _Optional[int] = ..., rerolls_from_zero: bool = ..., win_ante: _Optional[int] = ..., endless: bool = ..., best_score: _Optional[float] = ..., best_hand: _Optional[float] = ..., earned: _Optional[int] = ..., no_plain_joker: bool = ..., reroll_less: _Optional[int] = ...) -> None: ...

class GameStarted(_message.Message):
    __slots__ = ("seed", "deck", "stake", "rules_version", "win_ante", "origin", "run_seed")
    SEED_FIELD_NUMBER: _ClassVar[int]
    DECK_FIELD_NUMBER: _ClassVar[int]
    STAKE_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    WIN_ANTE_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    RUN_SEED_FIELD_NUMBER: _ClassVar[int]
    seed: str
    deck: str
    stake: int
    rules_version: str
    win_ante: int
    origin: str
    run_seed: int
    def __init__(self, seed: _Optional[str] = ..., deck: _Optional[str] = ..., stake: _Optional[int] = ..., rules_version: _Optional[str] = ..., win_ante: _Optional[int] = ..., origin: _Optional[str] = ..., run_seed: _Optional[int] = ...) -> None: ...

class StateObserved(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: GameState
    def __init__(self, state: _Optional[_Union[GameState, _Mapping]] = ...) -> None: ...

class ActionApplied(_message.Message):
    __slots__ = ("state_sequence", "action", "request_id")
    STATE_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    state_sequence: int
    action: Action
    request_id: str
    def __init__(self, state_sequence: _Optional[int] = ..., action: _Optional[_Union[Action, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class GameEnded(_message.Message):
    __slots__ = ("won", "ante", "round", "best_score", "reason")
    WON_FIELD_NUMBER: _ClassVar[int]
    ANTE_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    BEST_SCORE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    won: bool
    ante: int
    round: int
    best_score: float
    reason: str
    def __init__(self, won: bool = ..., ante: _Optional[int] = ..., round: _Optional[int] = ..., best_score: _Optional[float] = ..., reason: _Optional[str] = ...) -> None: ...
