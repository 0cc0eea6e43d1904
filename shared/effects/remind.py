"""A message that Billhook sends to itself at a later time."""

from typing import Literal

from shared.values import keys
from shared.values.frozen import Frozen


class Remind(Frozen):
    """A message to ourselves at a later time; carries ids only, since a schedule is no place for personal data.

    Args:
        type: its event type, routed like any other: `reminder.payment_failed`.
        at: when, in epoch seconds.
        about: the id of what it is about: an invoice, a subscription.
        customer: whose books to ask then.
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


def erasure_at(at: int, account: str, customer: str) -> Remind:
    """The message that asks, at epoch seconds `at`, whether a customer is to be erased."""
    return Remind(type="erasure.due", at=at, about=customer, account=account, customer=customer)
