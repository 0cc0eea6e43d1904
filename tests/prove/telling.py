"""A telling of a story: in which order its messages come, which come twice, and which of them die and are redriven."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from shared.event import Event

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
    KILLED = "the process is killed before it commits"
    SCHEDULE = "Scheduler refuses"
    BUS = "EventBridge refuses"
    FILE = "S3 refuses"
    MAIL = "SES refuses"
    SECOND_MAIL = "SES refuses the second mail"
    KILLED_LATE = "the process is killed before it mails"


EARLY = tuple(Trouble)[:6]
"""Of these an event dies with nothing committed."""
LATE = tuple(Trouble)[6:]
"""Of these it dies with its effects still owed, if it has any of the kind."""


class Pace(StrEnum):
    """When messages are delivered."""

    AT_ONCE = "all within minutes, so that no mail is ever too late"
    IN_TIME = "each when it has happened, or later if the order wants it; our own when they come due"


@dataclass(frozen=True)
class Turn:
    """A message is delivered. The n-th time it meets the n-th of `troubles`, and dies of it.

    `back` says for each trouble how many other messages are delivered before the dead letter is redriven.
    """

    event: Event
    troubles: tuple[Trouble, ...] = ()
    back: tuple[int, ...] = ()

    def __str__(self) -> str:
        """One line: hypothesis prints these when a telling fails."""
        fates = (f"{trouble} (redriven {turns} later)" for trouble, turns in zip(self.troubles, self.back, strict=True))
        return f"<{self.event.type} {self.event.id}: {', then '.join(fates) or 'delivered'}>"

    def _repr_pretty_(self, printer: "RepresentationPrinter", _cycle: bool) -> None:  # noqa: FBT001 - hypothesis's own
        printer.text(str(self))


@dataclass(frozen=True)
class Telling:
    """What is delivered, in this order; `ours` are the fates of what Billhook sends itself, as it comes due."""

    pace: Pace
    turns: tuple[Turn, ...]
    ours: tuple[tuple[tuple[Trouble, ...], tuple[int, ...]], ...] = ()


def in_order(events: Sequence[Event], pace: Pace) -> Telling:
    """The undisturbed telling."""
    return Telling(pace, tuple(map(Turn, events)))


@st.composite
def _fates(draw: st.DrawFn) -> tuple[tuple[Trouble, ...], tuple[int, ...]]:
    early, late = st.sampled_from(EARLY), st.sampled_from(LATE)
    troubles = draw(st.just([]) | late.map(lambda one: [one]) | st.lists(early | late, max_size=2))
    return tuple(troubles), tuple(draw(st.integers(0, FURTHER)) for _ in troubles)


@st.composite
def tellings(draw: st.DrawFn, events: Sequence[Event]) -> Telling:
    """Any order of `events`, some of them twice, some dead-lettered once or twice on their way."""
    pace = draw(st.sampled_from(Pace))
    again = draw(st.lists(st.sampled_from(events), max_size=TWICE))
    order = draw(st.permutations([*events, *again]))
    turns = tuple(Turn(event, *draw(_fates())) for event in order)
    return Telling(pace, turns, tuple(draw(st.lists(_fates(), max_size=3))))
