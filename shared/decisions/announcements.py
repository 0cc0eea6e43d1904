"""Announcements: each compares a record before and after a decision and names the change in the business's words."""

from collections.abc import Iterator, Mapping

from shared.decisions.decision import StoredRecord
from shared.effects.announcement import Announcement
from shared.policy.plans import Plans
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, EndedSubscription
from shared.records.payment import Payment
from shared.records.summary import Summary
from shared.stripe_objects.event import Event
from shared.stripe_objects.presentment import Presented
from shared.stripe_objects.previous_attributes import subscription_before
from shared.values.frozen import Scalar


def announcements_of(before: StoredRecord, after: StoredRecord, event: Event, plans: Plans) -> tuple[Announcement, ...]:
    """An announcement for each state that `after` is in and `before` was not; empty if no state changed."""
    metadata = event.object.get("metadata") or {}
    return tuple(
        Announcement(
            id=f"{event.id}:{name}",
            name=name,
            at=event.created,
            account=after.account,
            customer=customer_of(after),
            record=f"{after.partition}/{after.sort_key}",
            version=after.overall_version + 1,
            reference=_reference(after),
            facts={fact: value for fact, value in facts_of(after, plans).items() if value is not None},
            metadata=metadata,
        )
        for name in _names(before, after, event)
    )


def customer_of(record: StoredRecord) -> str | None:
    """The customer that a record belongs to, if it belongs to one."""
    match record:
        case Organization(subject=customer) | Payment(customer=customer):
            return customer
        case EndedSubscription(subject=customer) | ClosedInvoice(subject=customer):
            return customer
        case Order(subject=subject, session_id=session):
            return subject if subject != session else None
    return None


def _names(before: StoredRecord, after: StoredRecord, event: Event) -> Iterator[str]:
    match before, after:
        case Organization(), Organization():
            yield from _of_organization(_as_told(before, event), after)
        case Payment(), Payment():
            yield from _of_payment(before, after)
        case Order(), Order():
            yield from _of_order(before, after)
        case PayoutRecord(), PayoutRecord() if before.status != after.status:
            yield f"payout.{after.status}"
        case ConnectedAccount(), ConnectedAccount():
            if before.is_authorized != after.is_authorized:
                yield "account.authorized" if after.is_authorized else "account.deauthorized"
            if _statuses(before) != _statuses(after):
                yield "account.capability_changed"


def _as_told(before: Organization, event: Event) -> Organization:
    """`before`, with the subscription as it was before `event`, if no earlier event has told of it."""
    was = subscription_before(event)
    return before.with_subscription(was, event) if was and before.subscription(was.id) is None else before


def _of_organization(before: Organization, after: Organization) -> Iterator[str]:
    if after.access and not before.access:
        yield "organization.access_granted"
    revoked = after.access is False and (before.access or (before.access is None and after.deleted))
    if revoked:
        yield "organization.access_revoked"
    if after.past_due and not before.past_due:
        yield "organization.past_due"
    if before.past_due and not after.past_due and not revoked:  # what the end leaves open is not paid by it
        yield "organization.recovered"
    if before.access and after.access:
        yield from _of_customer_with_access(before, after)
    if before.address and before.address != after.address:
        yield "organization.address_changed"
    if after.deleted and not before.deleted:
        yield "organization.deleted"


def _of_customer_with_access(before: Organization, after: Organization) -> Iterator[str]:
    was, now = before.granted, after.granted
    if before.quantities != after.quantities or (was and was.offer) != (now and now.offer):
        yield "organization.plan_changed"
    if after.ends_at and not before.ends_at:
        yield "organization.cancellation_scheduled"
    if before.ends_at and not after.ends_at:
        yield "organization.cancellation_withdrawn"


def _of_payment(before: Payment, after: Payment) -> Iterator[str]:
    if before.status != after.status and after.status not in {"unknown", "open"}:
        yield f"payment.{after.status}"
    if before.held != after.held:
        yield "payment.held" if after.held else "payment.released"
    if before.refunded != after.refunded:
        yield "payment.refunded"
    if before.warnings.keys() != after.warnings.keys():
        yield "payment.fraud_warning"


def _of_order(before: Order, after: Order) -> Iterator[str]:
    """The change of its state. If a refund fails, the order was fulfilled before, so the name differs."""
    if before.state == after.state:
        return
    undone = before.paid and after.state == "fulfilled"
    yield "order.refund_undone" if undone else f"order.{after.state}"


def _statuses(account: ConnectedAccount) -> Mapping[str, str]:
    return {name: facet.value.status for name, facet in account.capabilities.items()}


def facts_of(record: StoredRecord, plans: Plans) -> Mapping[str, Scalar]:
    """The facts that announcements and journals carry, None included; no names, no addresses."""
    match record:
        case Organization():
            bought, granted = record.subscriptions_with_access, record.granted
            offer = granted.plan if granted else None
            limits = {f"limit_{name}": number for name, number in plans.limits_of(bought, offer).items()}
            states = {"access": record.access, "past_due": record.past_due, "ends_at": record.ends_at}
            until = granted.until if granted else None
            return {**states, "granted_until": until, "plan": plans.plan_of(bought, offer), **limits}
        case Order():
            session = record.session.value if record.session else None
            amount = {"amount": session.amount_total, "currency": session.currency} if session else {}
            refunded = {"refunded": record.settlement.refunded} if record.settlement.refunded else {}
            return {"state": record.state, "session": record.session_id, **amount, **_presented(session), **refunded}
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
                **{f"can_{name}": is_ for name, is_ in _statuses(record).items()},
            }
        case PaymentIndex() | AccountIndex() | EndedSubscription() | ClosedInvoice() | Summary():
            return {}


def _presented(paid: Presented | None) -> Mapping[str, Scalar]:
    """What the customer paid, if the business settles in another currency."""
    if paid is None or paid.presentment_amount is None:
        return {}
    return {"presentment_amount": paid.presentment_amount, "presentment_currency": paid.presentment_currency}


def _reference(record: StoredRecord) -> str | None:
    """The business's own id of the buyer, as the Checkout session carried it."""
    match record:
        case Organization():
            return record.reference
        case Order(session=facet) if facet:
            return facet.value.client_reference_id
    return None
