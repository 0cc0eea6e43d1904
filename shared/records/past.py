"""Past records: each ended subscription and each closed invoice of a customer is a small item.

The commit writes the organization with each of its events, so the organization holds only what has not ended. If an
event names a past record, the consumer reads it together with the organization and commits both.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from shared.records.facets import Facet
from shared.records.stored_record import Record
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.subscriptions import Subscription
from shared.values import keys

LONGEST_ID = 255
"""The longest object id of Stripe's, in characters: https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backwards-compatible."""
UNSURE = 8
"""How many ended subscriptions an organization keeps while it is unknown whether they had started."""


class EndedSubscription(Record):
    """An ended subscription; `subject` is its customer. The record is empty while the subscription has not ended."""

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "subscription_id")

    subscription_id: str
    facet: Facet[Subscription] | None = None
    started: bool | None = None
    """Whether the subscription had started; None if events told of its end only."""

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.subscription(self.subscription_id)

    @property
    def is_empty(self) -> bool:
        """Whether the subscription has not ended yet."""
        return self.facet is None


class ClosedInvoice(Record):
    """A paid or void invoice; `subject` is its customer. The record is empty while the invoice is not closed."""

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "invoice_id")

    invoice_id: str
    facet: Facet[Invoice] | None = None

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.invoice(self.invoice_id)

    @property
    def is_empty(self) -> bool:
        """Whether the invoice is not closed yet."""
        return self.facet is None


type PastRecord = EndedSubscription | ClosedInvoice


def past_ids(obj: Mapping[str, Any]) -> Iterator[tuple[type[PastRecord], str]]:
    """The kind and the id of each subscription and invoice that a Stripe object names and that may be over."""
    subscription, invoice = _past_ids_of(obj)
    if subscription:
        yield EndedSubscription, subscription
    if invoice:
        yield ClosedInvoice, invoice


def _past_ids_of(obj: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The ids of the subscription and the invoice that a decision on the object may ask for."""
    match obj.get("object"):
        case "subscription":
            return valid_id_of(obj), None
        case "invoice":  # an upcoming invoice has no id yet
            since_basil = _within(obj, "parent", "subscription_details", "subscription")
            return valid_id_of(since_basil) or valid_id_of(obj.get("subscription")), valid_id_of(obj)
        case "credit_note":
            return None, valid_id_of(obj.get("invoice"))
        case "payment_intent":
            paid = valid_id_of(obj.get("invoice")) or valid_id_of(_within(obj, "payment_details", "order_reference"))
            return None, paid if paid and paid.startswith("in_") else None
    return None, None


def _within(obj: object, *path: str) -> object:
    for step in path:
        obj = obj.get(step) if isinstance(obj, Mapping) else None
    return obj


def valid_id_of(value: object) -> str | None:
    """The id in `value`, which is an id or an expanded object; None if there is none, or it is too long for a key."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID else None


def latest_ends(ended: Mapping[str, Subscription], started: Mapping[str, bool]) -> dict[str, Subscription]:
    """The canceled subscriptions that an organization keeps in order to know which one ended last.

    These are the last one that is known to have started, and the later ones that may have started: a late event can
    still tell.
    """
    latest = sorted(ended.values(), key=_by_end, reverse=True)
    sure = next((one for one in latest if started.get(one.id)), None)
    unsure = [one for one in latest if one.id not in started and (sure is None or _by_end(one) > _by_end(sure))]
    return {one.id: one for one in (*unsure[:UNSURE], *([sure] if sure else []))}


def _by_end(subscription: Subscription) -> tuple[int, str]:
    return subscription.ended_at or 0, subscription.id
