"""A telling of a story: in which order its messages come, which come twice, which die and are redriven, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from shared.stripe_objects.event import Event

if TYPE_CHECKING:
    from hypothesis.vendor.pretty import RepresentationPrinter

TWICE = 3
"""How many of a story's messages come again at most, as Stripe may send them."""
FURTHER = 6
"""How many messages overtake a dead letter at most before it is redriven, if there are so many."""


class Trouble(StrEnum):
    """What is wrong each time that a message is tried, until it is mended and the message redriven."""

    BUG = "its handler raises"
    PERMANENT = "its handler finds that it can never be processed"
    CLAIM = "DynamoDB refuses the claim"
    READ = "DynamoDB refuses to be read"
    COMMIT = "DynamoDB refuses every transaction"
    KILLED = "the consumer is killed before it commits"
    HANDOVER = "SQS refuses the hand-over"
    SCHEDULE = "Scheduler refuses"
    BUS = "EventBridge refuses"
    FILE = "S3 refuses"
    KILLED_UNMARKED = "the worker is killed before it writes down what it has performed"
    MAIL = "SES denies the permission"
    SECOND_MAIL = "SES denies the permission for the second mail"
    KILLED_LATE = "the worker is killed before it mails"
    DEFERRED = "SES takes no mail for now"


OF_EVENTS = tuple(Trouble)[:7]
"""Of these a message of the consumer's dies; but for the last, with nothing committed."""
OF_EFFECTS = tuple(Trouble)[7:11]
"""Of these a message of the effects queue dies, if its event owes an effect of the kind."""
OF_MAILS = tuple(Trouble)[11:]
"""Of these a message of the mails queue dies; but for the last, which passes while the message waits in its queue."""


class Pace(StrEnum):
    """When messages are delivered."""

    AT_ONCE = "all within minutes, so that no mail is ever too late"
    IN_TIME = "each when it has happened, or later if the order wants it; our own when they come due"


@dataclass(frozen=True)
class Fate:
    """What a message meets. The n-th time it is sent it meets the n-th of `troubles`, and dies of it.

    `back` says for each trouble how many events are delivered before the dead letter is redriven, or the trouble has
    passed. `late` says how many are delivered before a message of a lane is first received.
    """

    troubles: tuple[Trouble, ...] = ()
    back: tuple[int, ...] = ()
    late: int = 0

    @property
    def after_redrive(self) -> "Fate":
        """What the redriven message meets."""
        return Fate(self.troubles[1:], self.back[1:])

    def __str__(self) -> str:
        """For hypothesis."""
        fates = (f"{trouble} (back {turns} later)" for trouble, turns in zip(self.troubles, self.back, strict=True))
        return ", then ".join([*([f"{self.late} late"] if self.late else []), *fates])


@dataclass(frozen=True)
class Turn:
    """An event is delivered: what its own message meets, and what those that the consumer hands over meet."""

    event: Event
    events: Fate = Fate()
    effects: Fate = Fate()
    mails: Fate = Fate()

    def __str__(self) -> str:
        """One line: hypothesis prints these when a telling fails."""
        fates = {"events": self.events, "effects": self.effects, "mails": self.mails}
        told = "; ".join(f"{queue}: {fate}" for queue, fate in fates.items() if fate != Fate())
        return f"<{self.event.type} {self.event.id}: {told or 'delivered'}>"

    def _repr_pretty_(self, printer: "RepresentationPrinter", _cycle: bool) -> None:  # noqa: FBT001 - hypothesis's own
        printer.text(str(self))


@dataclass(frozen=True)
class Telling:
    """What is delivered, in this order; `ours` are the fates of what Billhook sends itself, as it comes due."""

    pace: Pace
    turns: tuple[Turn, ...]
    ours: tuple[tuple[Fate, Fate, Fate], ...] = ()


def in_order(events: Sequence[Event], pace: Pace) -> Telling:
    """The undisturbed telling."""
    return Telling(pace, tuple(map(Turn, events)))


@st.composite
def _fate(draw: st.DrawFn, troubles: Sequence[Trouble], latest: int) -> Fate:
    one = st.sampled_from(troubles)
    met = draw(st.just([]) | st.just([]) | st.lists(one, max_size=2))
    back = tuple(draw(st.integers(0, FURTHER)) for _ in met)
    return Fate(tuple(met), back, draw(st.just(0) | st.integers(0, latest)))


def _fates() -> st.SearchStrategy[tuple[Fate, Fate, Fate]]:
    return st.tuples(_fate(OF_EVENTS, 0), _fate(OF_EFFECTS, FURTHER), _fate(OF_MAILS, FURTHER))


@st.composite
def tellings(draw: st.DrawFn, events: Sequence[Event]) -> Telling:
    """Any order of `events`, some of them twice, some dead-lettered once or twice on their way, effects at any time."""
    pace = draw(st.sampled_from(Pace))
    again = draw(st.lists(st.sampled_from(events), max_size=TWICE))
    order = draw(st.permutations([*events, *again]))
    turns = tuple(Turn(event, *draw(_fates())) for event in order)
    return Telling(pace, turns, tuple(draw(st.lists(_fates(), max_size=3))))
