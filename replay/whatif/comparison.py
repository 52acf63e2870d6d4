"""The whole comparison: recorded games, who is asked, and with whom it is compared."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from jimbot_stream.agents.rewards import reward_named
from jimbot_stream.agents.trajectory import FeedError, Game
from jimbot_stream.eventlog import LogReader
from jimbot_stream.replay.policies import Policies
from jimbot_stream.replay.whatif.comparing import (
    Compared,
    Weighed,
    compare,
    recorded_answer,
    weigh,
)
from jimbot_stream.replay.whatif.estimators import Games
from jimbot_stream.replay.whatif.players import Other, recorded
from jimbot_stream.replay.whatif.reading import Played, Wanted, games_of, played, streams_of
from jimbot_stream.replay.whatif.support import Support, support_of
from jimbot_stream.replay.whatif.tally import Tally
from jimbot_stream.replay.whatif.terms import Configurations, Terms, refuse_different
from jimbot_stream.replay.whatif.values import Estimate, estimates


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked."""

    ours: Other
    """Who is asked."""
    theirs: Other | None = None
    """With whom it is compared; None: with what was recorded."""
    wanted: Wanted = field(default_factory=Wanted)
    horizon: int | None = None
    """First decisions of a game whose rewards count; None: all."""
    gamma: float | None = None
    """Discount per decision; None: that of the run."""
    reward: str | None = None
    """Name of the reward; None: that of the run."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out."""

    ours: str
    theirs: str
    terms: Terms
    horizon: int | None
    tally: Tally
    support: Support
    """The thinner one, of two."""
    estimates: Sequence[Estimate]
    """None where support is too thin."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of the progress."""

    begins: Callable[[int], object] = lambda _decisions: None
    """So many decisions are there."""
    done: Callable[[int], object] = lambda _decisions: None
    """So many more are compared."""


async def compare_games(
    log: LogReader, policies: Policies, question: Question, told: Told | None = None
) -> Comparison:
    """Ask about every wanted decision; nothing is written.

    Raises:
        EventLogError: no answer from the log.
        ValueError: no such game, terms that differ, or weights for other observations.
        WeightsError: the checkpoint that is asked cannot be read.
    """
    told = told or Told()
    streams = await streams_of(log, question.wanted)
    names = _within(streams, question.wanted.limit)
    told.begins(sum(streams[name] for name in names))
    configurations = await Configurations.read(log)
    asking = _Asking(question, policies, told)
    async for game, revisions in games_of(log, names, asking.tally.left_out):
        asking.take(game, revisions, configurations)
    return asking.close()


def _within(streams: dict[str, int], limit: int | None) -> list[str]:
    """Whole games, as long as fewer decisions than the limit came before."""
    names: list[str] = []
    before = 0
    for name, decisions in streams.items():
        if limit is not None and before >= limit:
            break
        names.append(name)
        before += decisions
    return names


class _Asking:
    """One comparison on its way."""

    def __init__(self, question: Question, policies: Policies, told: Told) -> None:
        self.question = question
        self.told = told
        self.tally = Tally()
        self._recorded = recorded(policies)
        self._terms: dict[Terms, None] = {}

    def take(self, game: Game, revisions: dict[str, int], known: Configurations) -> None:
        """Compare the decisions of one game."""
        checkpoints = {made.checkpoint for made in game.made}
        terms = known.of(checkpoints, self.question.gamma, self.question.reward)
        try:
            decisions = played(game, revisions, reward_named(terms.reward))
        except FeedError as error:
            self.tally.left_out[str(error)] += 1
            self.told.done(len(game.made))
            return
        self._terms[terms] = None
        refuse_different(self._terms)
        self._compare(game, decisions)

    def _compare(self, game: Game, decisions: Sequence[Played]) -> None:
        pairs = [self._one(each) for each in decisions]
        known = [pair for pair in pairs if pair is not None]
        for compared, _, _ in known:
            self.tally.add(compared)
        self.tally.unanswered += len(pairs) - len(known)
        self.tally.end_game(game.name, [compared for compared, _, _ in known])
        if game.ended is None or len(known) < len(pairs):
            self.tally.unweighed += 1
            return
        theirs = [weighed for _, _, weighed in known if weighed is not None]
        self.tally.weigh(
            [weighed for _, weighed, _ in known], theirs if self.question.theirs else None
        )

    def _one(self, decision: Played) -> tuple[Compared, Weighed, Weighed | None] | None:
        self.told.done(1)
        ours = self.question.ours.answer(decision.asked)
        if ours is None:
            return None
        if self.question.theirs is None:
            there = recorded_answer(decision, self._recorded)
            return compare(decision, ours, there), weigh(decision, ours), None
        theirs = self.question.theirs.answer(decision.asked)
        if theirs is None:
            return None
        return compare(decision, ours, theirs), weigh(decision, ours), weigh(decision, theirs)

    def close(self) -> Comparison:
        """Judge the support and estimate, where it allows that."""
        tally, question = self.tally, self.question
        ours = Games.of(tally.ours, question.horizon) if tally.ours else None
        theirs = Games.of(tally.theirs, question.horizon) if tally.theirs else None
        support = _thinner(ours, theirs, tally.unweighed + sum(tally.left_out.values()))
        terms = next(iter(self._terms), Terms("", 1.0, "no game was compared"))
        names = question.ours.name, question.theirs.name if question.theirs else "recorded"
        found: Sequence[Estimate] = ()
        if ours is not None and support.enough:
            found = estimates(ours, theirs, terms.gamma, _seed(*names))
        return Comparison(*names, terms, question.horizon, tally, support, found)


def _thinner(ours: Games | None, theirs: Games | None, left_out: int) -> Support:
    both = [support_of(ours, left_out)]
    if theirs is not None:
        both.append(support_of(theirs, left_out))
    thin = min(both, key=lambda support: (support.enough, support.holds_for, support.effective))
    why = tuple(dict.fromkeys(chain.from_iterable(each.why_thin for each in both)))
    return replace(thin, why_thin=why)


def _seed(ours: str, theirs: str) -> int:
    """Of the games drawn again: equal questions give equal intervals."""
    digest = hashlib.sha256(f"jimbot whatif|{ours}|{theirs}".encode()).digest()
    return int.from_bytes(digest[:8], "little")
