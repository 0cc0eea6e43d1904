"""The past of a customer: each subscription that has ended and each closed invoice is a small item of its own.

An organization is written with each of its events, so it holds only what is alive or open. An event that names
something of the past reads its item together with the organization, and changes it in the same commit.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from shared.records.facets import Facet
from shared.records.stored_record import Record
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.subscriptions import Subscription
from shared.values import keys

LONGEST_ID = 255
"""Of Stripe's object ids: https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backwards-compatible."""
UNSURE = 8
"""How many subscriptions a customer's organization remembers of which only the end was told."""


class EndedSubscription(Record):
    """A subscription that has ended; `subject` is its customer. It is vacant while the subscription has not ended."""

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "subscription_id")

    subscription_id: str
    facet: Facet[Subscription] | None = None
    lived: bool | None = None
    """Whether it was ever more than an attempt; None if only its end was told."""

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.subscription(self.subscription_id)

    @property
    def vacant(self) -> bool:
        """Whether the subscription has not ended yet."""
        return self.facet is None


class ClosedInvoice(Record):
    """An invoice that is paid or void; `subject` is its customer. It is vacant while the invoice is not closed."""

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "invoice_id")

    invoice_id: str
    facet: Facet[Invoice] | None = None

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.invoice(self.invoice_id)

    @property
    def vacant(self) -> bool:
        """Whether the invoice is not closed yet."""
        return self.facet is None


type Past = EndedSubscription | ClosedInvoice


def named(obj: Mapping[str, Any]) -> Iterator[tuple[type[Past], str]]:
    """The kind and the id of each subscription and invoice that a Stripe object names, since it may be over."""
    subscription, invoice = _named(obj)
    if subscription:
        yield EndedSubscription, subscription
    if invoice:
        yield ClosedInvoice, invoice


def _named(obj: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The subscription and the invoice whose past a decision on the object may ask for."""
    match obj.get("object"):
        case "subscription":
            return id_of(obj), None
        case "invoice":  # an upcoming one has no id yet
            since_basil = _within(obj, "parent", "subscription_details", "subscription")
            return id_of(since_basil) or id_of(obj.get("subscription")), id_of(obj)
        case "credit_note":
            return None, id_of(obj.get("invoice"))
        case "payment_intent":
            paid = id_of(obj.get("invoice")) or id_of(_within(obj, "payment_details", "order_reference"))
            return None, paid if paid and paid.startswith("in_") else None
    return None, None


def _within(obj: object, *path: str) -> object:
    for step in path:
        obj = obj.get(step) if isinstance(obj, Mapping) else None
    return obj


def id_of(value: object) -> str | None:
    """An id, whether Stripe sent it or the whole object; None if `value` is neither."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID else None


def latest_ends(ended: Mapping[str, Subscription], lived: Mapping[str, bool]) -> dict[str, Subscription]:
    """Of subscriptions that were canceled, those among which the last to end must be, however late news comes.

    It is the last that surely lived, unless a later one of which only the end was told turns out to have lived, too.
    """
    latest = sorted(ended.values(), key=_by_end, reverse=True)
    sure = next((one for one in latest if lived.get(one.id)), None)
    unsure = [one for one in latest if one.id not in lived and (sure is None or _by_end(one) > _by_end(sure))]
    return {one.id: one for one in (*unsure[:UNSURE], *([sure] if sure else []))}


def _by_end(subscription: Subscription) -> tuple[int, str]:
    return subscription.ended_at or 0, subscription.id
