"""Messages in flight while events arrive: those of the two lanes, and dead letters until their redrive."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.consumer.world import Clock
from tests.prove.delivery_plan import Delivery, Fate, LastingFault
from tests.prove.queues import Message

REDRIVEN_BY = 13 * DAY
"""In seconds. An engineer redrives before the dead-letter queue drops a message after 14 days."""
PERFORMED_BY = 4 * DAY
"""In seconds. The worker receives a message before its queue drops it after 7 days."""


@dataclass(eq=False)
class LaneMessage:
    """A message of one of the worker's queues.

    Args:
        message: as SQS holds it.
        event: the event that it is about.
        fate: the faults that it meets.
        mails: the fate of the message that hands the mails on.
        since: how many events were delivered before it.
    """

    message: Message
    event: Event
    fate: Fate
    mails: Fate = field(default_factory=Fate)
    since: int = 0


@dataclass(frozen=True)
class _DeadLetter:
    letter: Delivery | LaneMessage
    redrive_after: int
    died_at: float


@dataclass
class InFlight:
    """The messages in flight. `delivered` counts the events that were delivered so far."""

    clock: Clock
    lanes: list[LaneMessage] = field(default_factory=list)
    dead: list[_DeadLetter] = field(default_factory=list)
    _redriven: int = 0

    def add(self, lane: LaneMessage, delivered: int) -> None:
        """Add a message that was handed over."""
        lane.since = delivered
        self.lanes.append(lane)

    def bury(self, letter: Delivery | LaneMessage, redrive_after: int) -> None:
        """Add a message that SQS has moved to its dead-letter queue."""
        self.dead.append(_DeadLetter(letter, redrive_after, self.clock.now))

    def redriven(self, delivered: int, then: float | None) -> Delivery | LaneMessage | None:
        """Redrive the dead letter whose time has come, and return it; None if there is none.

        A lane's message is in flight again. The caller delivers an event's.

        Args:
            delivered: how many events were delivered so far.
            then: the time of the next event in epoch seconds; None if no event is left.
        """
        due = (dead for dead in self.dead if dead.redrive_after <= delivered)
        old = (dead for dead in self.dead if then is None or then > dead.died_at + REDRIVEN_BY)
        dead = next(due, None) or next(old, None)
        if dead is None:
            return None
        self.dead.remove(dead)
        letter = dead.letter
        if isinstance(letter, LaneMessage):
            self._redriven += 1
            later = self.clock.now + 1
            name = f"redriven {self._redriven}"
            again = replace(letter.message, message_id=name, sent=later, visible=later, first_received=None, receives=0)
            self.add(LaneMessage(again, letter.event, letter.fate.after_redrive, letter.mails), delivered)
        return letter

    def next(self, delivered: int, then: float | None) -> LaneMessage | None:
        """The message that the worker receives before the next event; None if it receives none."""
        lane = min(self._receivable(delivered, then), key=lambda lane: lane.message.visible, default=None)
        return lane if lane and (then is None or max(lane.message.visible, self.clock.now) <= then) else None

    def _receivable(self, delivered: int, then: float | None) -> Iterator[LaneMessage]:
        for lane in self.lanes:
            held = lane.message.receives == 0 and delivered < lane.since + lane.fate.late
            late = lane.message.sent + PERFORMED_BY
            if held and then is not None and then > late:
                lane.message.visible = max(lane.message.visible, late)
                held = False
            if not held or then is None:
                yield lane

    def fault(self, lane: LaneMessage, delivered: int, *, last: bool) -> LastingFault | None:
        """The fault that a message meets when the worker receives it now.

        SES takes mails again after the last event, and four days after the message was sent, before its queue drops it.
        """
        fault = next(iter(lane.fate.faults), None)
        if fault is LastingFault.DEFERRED:
            passed = delivered >= lane.since + lane.fate.late + lane.fate.back[0]
            return None if last or passed or self.clock.now >= lane.message.sent + PERFORMED_BY else fault
        return fault
