"""What a decision may ask to be performed, each under a natural key that tells twice from once."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared import keys
from shared.frozen import Frozen

HOUR = 3600
DAY = 24 * HOUR
MAIL_EXPIRES_AFTER = 72 * HOUR
"""How long after its event a mail still makes sense; later it is recorded as too late."""

type Scalar = str | int | bool | None


class Email(Frozen):
    """A mail to one address.

    Args:
        template: the name of a pair of files in `functions/consumer/mails/templates`.
        audience: the operator's address is a setting; everybody else's is in the books.
        to: the address; None while nobody has told us one.
        key: the change it tells of, once per partition: two events for one change send one mail.
        expires: epoch seconds after which it is not sent.
        data: what the template shows.
    """

    kind: Literal["email"] = "email"
    template: str
    audience: Literal["customer", "operator"] = "customer"
    to: str | None
    partition: str
    key: str
    expires: int
    data: Mapping[str, Scalar] = {}


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


type Effect = Annotated[Email | Remind, Field(discriminator="kind")]
