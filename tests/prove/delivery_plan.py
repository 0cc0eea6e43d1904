"""A plan of a story's deliveries: their order, which come twice, and which die and are redriven."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from shared.stripe_objects.event import Event

if TYPE_CHECKING:
    from hypothesis.vendor.pretty import RepresentationPrinter

TWICE = 3
"""How many of a story's messages come twice at most, since Stripe may send an event twice."""
FURTHER = 6
"""How many messages at most overtake a dead letter before its redrive."""


class LastingFault(StrEnum):
    """What fails at each attempt at a message, until somebody mends it and redrives the message."""

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


ON_EVENTS = tuple(LastingFault)[:7]
"""Faults that dead-letter an event's own message. All but the last strike before the commit."""
ON_EFFECTS = tuple(LastingFault)[7:11]
"""Faults that dead-letter a message of the effects queue, if its event owes such an effect."""
ON_MAILS = tuple(LastingFault)[11:]
"""Faults that dead-letter a message of the mails queue. The last passes while the message waits in its queue."""


class Pace(StrEnum):
    """When messages are delivered."""

    AT_ONCE = "all within minutes, so that no mail is ever too late"
    IN_TIME = "each when it has happened, or later if the order wants it; our own when they come due"


@dataclass(frozen=True)
class Fate:
    """The faults that a message meets: one each time that it is sent, and that one kills it.

    Args:
        faults: in the order in which the message meets them.
        back: for each fault, how many events are delivered before the redrive, or before the fault has passed.
        late: how many events are delivered before a message of a lane is first received.
    """

    faults: tuple[LastingFault, ...] = ()
    back: tuple[int, ...] = ()
    late: int = 0

    @property
    def after_redrive(self) -> "Fate":
        """What the redriven message meets."""
        return Fate(self.faults[1:], self.back[1:])

    def __str__(self) -> str:
        """One line for Hypothesis to print."""
        fates = (f"{fault} (back {events} events later)" for fault, events in zip(self.faults, self.back, strict=True))
        return ", then ".join([*([f"{self.late} late"] if self.late else []), *fates])


@dataclass(frozen=True)
class Delivery:
    """The delivery of an event: the fate of its message, and of the two that the consumer hands over."""

    event: Event
    events: Fate = Fate()
    effects: Fate = Fate()
    mails: Fate = Fate()

    def __str__(self) -> str:
        """One line: Hypothesis prints these when a plan fails."""
        fates = {"events": self.events, "effects": self.effects, "mails": self.mails}
        told = "; ".join(f"{queue}: {fate}" for queue, fate in fates.items() if fate != Fate())
        return f"<{self.event.type} {self.event.id}: {told or 'delivered'}>"

    def _repr_pretty_(self, printer: "RepresentationPrinter", _cycle: bool) -> None:  # noqa: FBT001 - hypothesis's own
        printer.text(str(self))


@dataclass(frozen=True)
class DeliveryPlan:
    """The deliveries in their order; `ours` are the fates of the messages that Billhook sends itself."""

    pace: Pace
    deliveries: tuple[Delivery, ...]
    ours: tuple[tuple[Fate, Fate, Fate], ...] = ()


def in_order(events: Sequence[Event], pace: Pace) -> DeliveryPlan:
    """The undisturbed plan."""
    return DeliveryPlan(pace, tuple(map(Delivery, events)))


@st.composite
def _fate(draw: st.DrawFn, faults: Sequence[LastingFault], latest: int) -> Fate:
    one = st.sampled_from(faults)
    met = draw(st.just([]) | st.just([]) | st.lists(one, max_size=2))
    back = tuple(draw(st.integers(0, FURTHER)) for _ in met)
    return Fate(tuple(met), back, draw(st.just(0) | st.integers(0, latest)))


def _fates() -> st.SearchStrategy[tuple[Fate, Fate, Fate]]:
    return st.tuples(_fate(ON_EVENTS, 0), _fate(ON_EFFECTS, FURTHER), _fate(ON_MAILS, FURTHER))


@st.composite
def delivery_plans(draw: st.DrawFn, events: Sequence[Event]) -> DeliveryPlan:
    """Any order of `events`: some come twice, some are dead-lettered, effects are performed at any time."""
    pace = draw(st.sampled_from(Pace))
    again = draw(st.lists(st.sampled_from(events), max_size=TWICE))
    order = draw(st.permutations([*events, *again]))
    deliveries = tuple(Delivery(event, *draw(_fates())) for event in order)
    return DeliveryPlan(pace, deliveries, tuple(draw(st.lists(_fates(), max_size=3))))
