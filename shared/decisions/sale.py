"""Join a sale: each announcement about a part of a sale names the known other parts."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from shared.decisions.decision import StoredRecord
from shared.effects.announcement import Announcement
from shared.records.books import Books
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, EndedSubscription
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.stripe_objects.fields import id_of

if TYPE_CHECKING:
    from shared.values.frozen import Scalar


def joined(announcement: Announcement, record: StoredRecord, event: Event, books: Books) -> Announcement:
    """`announcement` about `record`, with the ids of its sale and the metadata of its owner."""
    customer = announcement.customer
    organization = record if isinstance(record, Organization) else None
    if organization is None and customer and isinstance(record, Payment | Order):
        organization = books.read(Organization, record.account, customer)
    ids = {name: fact for name, fact in _ids(record, event, books) if fact is not None}
    invoice, subscription = ids.get("invoice"), ids.get("subscription")
    if organization and invoice and not subscription:
        subscription = _paid_for(organization, invoice, books)
    if subscription:
        ids["subscription"] = subscription
    facts: Mapping[str, Scalar] = {**ids, **announcement.facts}
    return announcement.model_copy(
        update={
            "facts": facts,
            "reference": announcement.reference or _reference(record, organization, books),
            "customer_metadata": _of_customer(organization) or None,
            "subscription_metadata": _of_subscription(organization, subscription, books) or None,
        }
    )


def _ids(record: StoredRecord, event: Event, books: Books) -> Iterator[tuple[str, str | None]]:
    match record:
        case Payment():
            yield from _of_payment(record)
        case Order(session=facet) if facet:
            session = facet.value
            if session.payment_intent:
                yield from _of_payment(books.read(Payment, record.account, session.payment_intent))
            yield from (("session", session.id), ("payment", session.payment_intent))
        case Organization():
            yield from _of_object(event)


def _of_payment(payment: Payment) -> Iterator[tuple[str, str | None]]:
    yield from (("order", payment.order), ("session", payment.session), ("payment", payment.subject))
    yield "invoice", payment.invoice


def _of_object(event: Event) -> Iterator[tuple[str, str | None]]:
    """The ids in the event's object: an invoice, a subscription or a session changes a customer's state."""
    obj = event.object
    match obj.get("object"):
        case "subscription":
            yield "subscription", id_of(obj)
        case "invoice":
            yield "invoice", id_of(obj)
        case "checkout.session":
            yield "session", id_of(obj)
            yield "subscription", id_of(obj.get("subscription"))
            yield "invoice", id_of(obj.get("invoice"))


def _reference(record: StoredRecord, organization: Organization | None, books: Books) -> str | None:
    """The business's own id of the buyer: of this very sale, else of the customer."""
    own = record.reference if isinstance(record, Payment) else None
    if isinstance(record, Order) and record.session and record.session.value.payment_intent:
        own = books.read(Payment, record.account, record.session.value.payment_intent).reference
    return own or (organization.reference if organization else None)


def _of_customer(organization: Organization | None) -> Mapping[str, str]:
    return organization.profile.value.metadata if organization and organization.profile else {}


def _of_subscription(organization: Organization | None, subscription: str | None, books: Books) -> Mapping[str, str]:
    if organization is None or subscription is None:
        return {}
    known = organization.subscription(subscription)
    # A subscription that ended before the event, and that the event does not name, is read by itself.
    if known is None and subscription not in organization.past:
        facet = books.read(EndedSubscription, organization.account, organization.subject, subscription).facet
        known = facet.value if facet else None
    return known.metadata if known else {}


def _paid_for(organization: Organization, invoice: str, books: Books) -> str | None:
    """The subscription of an invoice, which may be closed and not named by the event."""
    known = organization.invoice(invoice)
    if known is None and invoice not in organization.past:
        facet = books.read(ClosedInvoice, organization.account, organization.subject, invoice).facet
        known = facet.value if facet else None
    return known.subscription if known else None
