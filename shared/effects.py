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
        template: the name of a pair of files in `functions/effects/mails/templates`.
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


def erasure_at(at: int, account: str, customer: str) -> Remind:
    """The message that asks, at epoch seconds `at`, whether a customer is to be erased."""
    return Remind(type="erasure.due", at=at, about=customer, account=account, customer=customer)


class Publish(Frozen):
    """Something that happened, for the business's own services to hear on the bus: docs/announcements.md.

    Args:
        id: the same however often it is published, for its readers to know a repetition by.
        name: `organization.past_due`; the detail type on the bus.
        at: when, in epoch seconds: the `created` of the event that told it.
        record: where the record lies that changed, `<partition>/<sort key>`, and `version` as which it was saved.
        facts: what the record says now; ids, states and amounts, no names and no addresses.
        metadata: the business's own, of the Stripe object; and what it has put on its customer and subscription.
    """

    kind: Annotated[Literal["publish"], Field(exclude=True)] = "publish"  # stored in a list of its own kind only
    id: str
    name: str
    at: int
    account: str
    customer: str | None = None
    record: str
    version: int
    reference: str | None = None
    facts: Mapping[str, Scalar] = {}
    metadata: Mapping[str, str] = {}
    customer_metadata: Mapping[str, str] | None = None
    subscription_metadata: Mapping[str, str] | None = None


class Export(Frozen):
    """One JSON file with everything that is held about a customer, behind a link that expires."""

    kind: Literal["export"] = "export"
    account: str
    customer: str


class Erase(Frozen):
    """The end of all that is held about a customer, or about a connected account if `customer` is the account.

    The commit writes the tombstone and deletes the record itself; the worker deletes the rest beside the line.

    Args:
        as_of: epoch seconds; events that were created by then are refused from now on.
        version: the record's version, which the tombstone keeps so that a record of a later life counts on from it.
    """

    kind: Literal["erase"] = "erase"
    account: str
    customer: str
    as_of: int
    version: int = 0


class Observe(Frozen):
    """An object to read at Stripe, since no event has told what a decision needs to know.

    The worker reads it and sends what it read back through the FIFO queue, as `observed.<object>`.

    Args:
        object: `customer`, `account`, or `subscription` with all its items.
        id: the object's id; for `account` it is the account itself.
        event: the event that asks, so that asking twice for one event gives one answer.
        customer: whose subscription it is; None for the other objects, which are their own owners.
    """

    kind: Literal["observe"] = "observe"
    object: Literal["customer", "account", "subscription"]
    account: str
    id: str
    event: str
    customer: str | None = None

    @property
    def owner(self) -> str:
        """Whose data is read: the customer's, or the account's."""
        return self.customer or self.id

    @property
    def name(self) -> str:
        """The id of the message that tells what was read."""
        return f"seen_{keys.digest(self.account, self.object, self.id, self.event)}"


type Effect = Annotated[Email | Remind | Publish | Export | Erase | Observe, Field(discriminator="kind")]
