"""Messages on their way while events go on: those of the two lanes, and dead letters until they are redriven."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.consumer.world import Clock
from tests.prove.queues import Message
from tests.prove.telling import Fate, Trouble, Turn

REDRIVEN_BY = 13 * DAY
"""An engineer redrives before the dead-letter queue forgets, which is after 14 days."""
PERFORMED_BY = 4 * DAY
"""The worker comes before its queue forgets, which is after 7 days."""


@dataclass(eq=False)
class Lane:
    """A message of one of the worker's queues: what it is about, what it meets, and from which event on.

    `mails` is what the message meets by which the worker of the effects hands the mails on.
    """

    message: Message
    event: Event
    fate: Fate
    mails: Fate = field(default_factory=Fate)
    since: int = 0


@dataclass(frozen=True)
class _DeadLetter:
    letter: Turn | Lane
    redrive_after: int
    died_at: float


@dataclass
class Flight:
    """What is on its way. Numbers count the events that were delivered by then."""

    clock: Clock
    lanes: list[Lane] = field(default_factory=list)
    dead: list[_DeadLetter] = field(default_factory=list)
    _redriven: int = 0

    def add(self, lane: Lane, delivered: int) -> None:
        """A message was handed over."""
        lane.since = delivered
        self.lanes.append(lane)

    def bury(self, letter: Turn | Lane, redrive_after: int) -> None:
        """SQS has moved a message to its dead-letter queue."""
        self.dead.append(_DeadLetter(letter, redrive_after, self.clock.now))

    def redriven(self, delivered: int, then: float | None) -> Turn | Lane | None:
        """The dead letter whose time has come, `then` being the time of the next event, if there is one.

        One of a lane is on its way again; one of an event is to be delivered.
        """
        due = (dead for dead in self.dead if dead.redrive_after <= delivered)
        old = (dead for dead in self.dead if then is None or then > dead.died_at + REDRIVEN_BY)
        dead = next(due, None) or next(old, None)
        if dead is None:
            return None
        self.dead.remove(dead)
        letter = dead.letter
        if isinstance(letter, Lane):
            self._redriven += 1
            later = self.clock.now + 1
            name = f"redriven {self._redriven}"
            again = replace(letter.message, message_id=name, sent=later, visible=later, first_received=None, receives=0)
            self.add(Lane(again, letter.event, letter.fate.after_redrive, letter.mails), delivered)
        return letter

    def next(self, delivered: int, then: float | None) -> Lane | None:
        """The message that the worker receives before the next event."""
        lane = min(self._receivable(delivered, then), key=lambda lane: lane.message.visible, default=None)
        return lane if lane and (then is None or max(lane.message.visible, self.clock.now) <= then) else None

    def _receivable(self, delivered: int, then: float | None) -> Iterator[Lane]:
        for lane in self.lanes:
            held = lane.message.receives == 0 and delivered < lane.since + lane.fate.late
            late = lane.message.sent + PERFORMED_BY
            if held and then is not None and then > late:
                lane.message.visible = max(lane.message.visible, late)
                held = False
            if not held or then is None:
                yield lane

    def trouble(self, lane: Lane, delivered: int, *, last: bool) -> Trouble | None:
        """What a message meets when it is received now; at the last, when no event is left, SES takes mails again."""
        trouble = next(iter(lane.fate.troubles), None)
        if trouble is Trouble.DEFERRED and (last or delivered >= lane.since + lane.fate.late + lane.fate.back[0]):
            return None
        return trouble
