"""A message that Billhook sends to itself at a later time."""

from typing import Literal

from shared.stripe_objects.event import Event
from shared.values import keys
from shared.values.frozen import Frozen


class Remind(Frozen):
    """A message that the scheduler sends at a later time. It carries ids only: a schedule holds no personal data.

    Args:
        type: its event type, routed like any other: `reminder.payment_failed`.
        at: when, in epoch seconds.
        about: the id of its subject: an invoice, a subscription.
        customer: the customer (or the payment, or the account) whose record the handler asks then.
    """

    kind: Literal["remind"] = "remind"
    type: str
    at: int
    about: str
    account: str
    customer: str

    @property
    def name(self) -> str:
        """The schedule's name and the id of the message."""
        return keys.schedule_name(self.account, self.type, self.about, self.at)


def remind_about(about: str, customer: str, type_: str, at: int, event: Event) -> Remind:
    """The message of `type_` that asks at `at`, in epoch seconds, how `about` stands in the record of `customer`."""
    return Remind(type=type_, at=at, about=about, account=event.account, customer=customer)


def erasure_at(at: int, account: str, customer: str) -> Remind:
    """The message that asks, at epoch seconds `at`, whether to erase a customer."""
    return Remind(type="erasure.due", at=at, about=customer, account=account, customer=customer)


def guest_erasure_at(at: int, account: str, session: str) -> Remind:
    """The message that asks, at epoch seconds `at`, whether to erase the guest of a Checkout session."""
    return Remind(type="erasure.guest_due", at=at, about=session, account=account, customer=session)


def unconfirmed_erasure_at(at: int, due_at: int, account: str, customer: str) -> Remind:
    """The message that erases a customer at epoch seconds `at`, if the erasure of `due_at` is then unanswered."""
    return Remind(type="erasure.unconfirmed", at=at, about=str(due_at), account=account, customer=customer)


def is_current(event: Event, at: int | None, *, every: int | None = None) -> bool:
    """Whether the books would still set the schedule that sent `event`.

    Schedules are immutable. A date that moves gets a new schedule, and the old one fires in vain.

    Args:
        event: the message of the schedule; it was created when the schedule was due.
        at: the due time that the books give now, in epoch seconds; None if they give none.
        every: the seconds after which an unfinished schedule is set again.
    """
    if at is None:
        return False
    late = event.created - at
    return late == 0 or (every is not None and late > 0 and late % every == 0)
