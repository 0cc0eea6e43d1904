"""The facts that announcements carry: those about their record, and the known other parts of its sale.

There are ids, states and amounts, and no names and no addresses. A customer's facts are those of its access item, so
the bus, the table and the access function say the same.
"""

from collections.abc import Iterator, Mapping

from shared.decisions.access import access_of, reference_of
from shared.decisions.access_item import AccessItem
from shared.decisions.decision import StoredRecord
from shared.effects.announcement import Announcement
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, EndedSubscription
from shared.records.payment import Payment
from shared.records.summary import Summary
from shared.stripe_objects.event import Event
from shared.stripe_objects.fields import id_of
from shared.stripe_objects.presentment import Presented
from shared.stripe_objects.subscriptions import Subscription, period_start_in
from shared.values.frozen import Scalar

ABOUT = {"reminder.grace_over": "subscription", "reminder.invoice_due": "invoice"}
"""What Billhook's own messages are about that may change the state of a customer."""
LINES_KNOWN = "order.lines_known"
"""The announcement of what was bought in an order."""


def facts_of(record: StoredRecord, policy: Policy) -> Mapping[str, Scalar]:
    """The facts about `record`, None included."""
    match record:
        case Organization():
            return _facts_of_access(access_of(record, policy, 0))
        case Order():
            session = record.session.value if record.session else None
            amount = {"amount": session.amount_total, "currency": session.currency} if session else {}
            refunded = {"refunded": record.settlement.refunded} if record.settlement.refunded else {}
            link = {"payment_link": session.payment_link} if session else {}
            state = {"state": record.state, "session": record.session_id}
            return {**state, **amount, **link, **_presented(session), **refunded}
        case Payment():
            intent = record.intent.value if record.intent else None
            received: dict[str, Scalar] = {}
            if intent:
                received = {"amount_received": intent.amount_received, "currency": intent.currency}
            known: dict[str, Scalar] = {"payment": record.subject, "purpose": record.purpose, "invoice": record.invoice}
            paid = _presented(intent or (record.charge.value if record.charge else None))
            return {**known, "held": record.held, "refunded": record.refunded, **received, **paid}
        case PayoutRecord(payout=facet):
            return {"payout": record.subject, **(facet.value.model_dump(exclude={"id"}) if facet else {})}
        case ConnectedAccount():
            return {
                "authorized": record.is_authorized,
                **{f"can_{name}": is_ for name, is_ in statuses(record).items()},
            }
        case PaymentIndex() | AccountIndex() | EndedSubscription() | ClosedInvoice() | Summary():
            return {}


def _facts_of_access(item: AccessItem) -> Mapping[str, Scalar]:
    """What an access item says, each limit and each feature as a fact of its own."""
    return {
        "access": item.access,
        "access_until": item.access_until,
        "granted_until": item.granted_until,
        "status": item.status,
        "past_due": item.past_due,
        "trial_ends_at": item.trial_ends_at,
        "renews_at": item.renews_at,
        "ends_at": item.ends_at,
        "plan": item.plan,
        **{f"limit_{name}": number for name, number in item.limits.items()},
        **{f"feature_{name}": True for name in item.features},
    }


def _presented(paid: Presented | None) -> Mapping[str, Scalar]:
    """What the customer paid, if the business settles in another currency."""
    if paid is None or paid.presentment_amount is None:
        return {}
    return {"presentment_amount": paid.presentment_amount, "presentment_currency": paid.presentment_currency}


def statuses(account: ConnectedAccount) -> Mapping[str, str]:
    """The status of each capability of a connected account, by name."""
    return {name: facet.value.status for name, facet in account.capabilities.items()}


def joined(announcement: Announcement, record: StoredRecord, event: Event, books: Books) -> Announcement:
    """`announcement` about `record`, with the ids and lines of its sale, and the metadata of its owner."""
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
    named = _subscription(organization, subscription, books)
    period = _period(named, event) if named and record is organization else {}
    bought = record.lines if announcement.name == LINES_KNOWN and isinstance(record, Order) else None
    more = {"more_lines": True} if bought and bought.more else {}
    facts: Mapping[str, Scalar] = {**ids, **announcement.facts, **period, **more}
    return announcement.model_copy(
        update={
            "facts": facts,
            "reference": announcement.reference or _reference(record, organization, books),
            "customer_metadata": _of_customer(organization) or None,
            "subscription_metadata": (named.metadata if named else {}) or None,
            "lines": bought.lines if bought else None,
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
        case "reminder" if event.type in ABOUT:
            yield ABOUT[event.type], id_of(obj)
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
    return own or (reference_of(organization, books.policy.reference_key) if organization else None)


def _of_customer(organization: Organization | None) -> Mapping[str, str]:
    return organization.profile.value.metadata if organization and organization.profile else {}


def _period(subscription: Subscription, event: Event) -> Mapping[str, Scalar]:
    """The current period of the subscription that the event is about, and why it ends, as Stripe tells both."""
    began = period_start_in(event.object)
    ends = subscription.renews_at if began is not None else None
    told = {"period_start": began, "period_end": ends, "cancellation_reason": subscription.reason}
    return {name: fact for name, fact in told.items() if fact is not None}


def _subscription(organization: Organization | None, subscription: str | None, books: Books) -> Subscription | None:
    if organization is None or subscription is None:
        return None
    known = organization.subscription(subscription)
    # A subscription that ended before the event, and that the event does not name, is read by itself.
    if known is None and subscription not in organization.past:
        facet = books.read(EndedSubscription, organization.account, organization.subject, subscription).facet
        known = facet.value if facet else None
    return known


def _paid_for(organization: Organization, invoice: str, books: Books) -> str | None:
    """The subscription of an invoice, which may be closed and not named by the event."""
    known = organization.invoice(invoice)
    if known is None and invoice not in organization.past:
        facet = books.read(ClosedInvoice, organization.account, organization.subject, invoice).facet
        known = facet.value if facet else None
    return known.subscription if known else None
