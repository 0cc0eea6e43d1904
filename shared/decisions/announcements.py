"""Announcements: each compares a record before and after a decision and names the change in the business's words.

A customer's announcements say what its access item says, so both come from `access_of`.
"""

from collections.abc import Iterator

from shared.decisions.access import access_of, reference_of
from shared.decisions.access_item import AccessItem
from shared.decisions.decision import StoredRecord
from shared.decisions.facts import LINES_KNOWN, facts_of, statuses
from shared.effects.announcement import Announcement
from shared.messages.internal_types import PLANS
from shared.policy.policy import Policy
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, EndedSubscription
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.stripe_objects.previous_attributes import subscription_before
from shared.stripe_objects.subscriptions import Subscription, period_start_in

UNHEARD = {"none", "unknown"}
"""The statuses of customers whom no subscription has made known: nobody keeps an answer about them."""


def announcements_of(
    before: StoredRecord, after: StoredRecord, event: Event, policy: Policy
) -> tuple[Announcement, ...]:
    """An announcement for each state that `after` is in and `before` was not; empty if no state changed."""
    names = tuple(_names(before, after, event, policy))
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
            reference=_reference(after, policy),
            facts={fact: value for fact, value in facts_of(after, policy).items() if value is not None},
            metadata=metadata,
        )
        for name in names
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


def _names(before: StoredRecord, after: StoredRecord, event: Event, policy: Policy) -> Iterator[str]:
    match before, after:
        case Organization(), Organization() if not event.type.startswith(PLANS):  # that handler announces by itself
            told, now = _as_told(before, event), access_of(after, policy, 0)
            of_access = _of_organization(told, access_of(told, policy, 0), after, now)
            names = (*of_access, *_of_subscriptions(told, after, event))
            yield from names or _of_rest(before, access_of(before, policy, 0), after, now)
        case Payment(), Payment():
            yield from _of_payment(before, after)
        case Order(), Order():
            yield from _of_order(before, after)
        case PayoutRecord(), PayoutRecord() if before.status != after.status:
            yield f"payout.{after.status}"
        case ConnectedAccount(), ConnectedAccount():
            if before.is_authorized != after.is_authorized:
                yield "account.authorized" if after.is_authorized else "account.deauthorized"
            if statuses(before) != statuses(after):
                yield "account.capability_changed"


def _as_told(before: Organization, event: Event) -> Organization:
    """`before`, with the subscription as it was before `event`, if no earlier event has told of it."""
    was = subscription_before(event)
    return before.with_subscription(was, event) if was and before.subscription(was.id) is None else before


def _of_organization(before: Organization, was: AccessItem, after: Organization, now: AccessItem) -> Iterator[str]:
    if now.access and not was.access:
        yield "organization.access_granted"
    revoked = now.access is False and (was.access or (was.access is None and after.deleted))
    if revoked:
        yield "organization.access_revoked"
    if now.past_due and not was.past_due:
        yield "organization.past_due"
    # What the end leaves open is not paid by it.
    if was.past_due and not now.past_due and not revoked and not after.deleted:
        yield "organization.recovered"
    if was.access and now.access:
        if _bought(before, was) != _bought(after, now) or _given(was) != _given(now):
            yield "organization.plan_changed"
        yield from _of_end(was, now)
    if before.address and before.address != after.address:
        yield "organization.address_changed"
    if after.deleted and not before.deleted:
        yield "organization.deleted"


def _of_end(was: AccessItem, now: AccessItem) -> Iterator[str]:
    if now.ends_at and not was.ends_at:
        yield "organization.cancellation_scheduled"
    if was.ends_at and not now.ends_at:
        yield "organization.cancellation_withdrawn"


def _of_subscriptions(before: Organization, after: Organization, event: Event) -> Iterator[str]:
    """What has happened to the trials and periods of the subscriptions, each name once."""
    names = {**before.subscriptions, **after.subscriptions}
    changed = ((before.subscription(name), after.subscription(name)) for name in names)
    yield from dict.fromkeys(
        f"organization.{found}" for was, now in changed if now and (found := _step(was, now, event)) is not None
    )


def _step(was: Subscription | None, now: Subscription, event: Event) -> str | None:
    """What has happened to a subscription's trial or period; None if neither is new."""
    if was is None or was.status != "trialing":
        if now.status == "trialing":
            return "trial_started"
        return "renewed" if was and _is_renewed(was, now, event) else None
    if now.status == "trialing":
        return None
    return "trial_converted" if now.gives_access else "trial_ended"


def _is_renewed(was: Subscription, now: Subscription, event: Event) -> bool:
    """Whether `event` tells of a period with access that follows one that has ended."""
    if not (was.gives_access and now.gives_access and was.renews_at and now.renews_at):
        return False
    began = period_start_in(event.object)
    return began is not None and was.renews_at <= began < now.renews_at


def _bought(organization: Organization, item: AccessItem) -> list[tuple[str, int | None]]:
    """Each price and quantity of the subscriptions with access, sorted; repeated prices stay."""
    wholes = (organization.whole(one.id) for one in item.subscriptions if one.access)
    return sorted((pair for one in wholes if one for pair in one.quantities), key=str)


def _given(item: AccessItem) -> tuple[int | None, tuple[str, ...]]:
    """What changes without a purchase: the end of a grant, and the features, which Stripe's entitlements may be."""
    return item.granted_until, item.features


def _of_rest(before: Organization, was: AccessItem, after: Organization, now: AccessItem) -> Iterator[str]:
    """The name of a change of the access item that has no name of its own, such as that of a reference."""
    # Before an item is written again, new rules may have changed it, too.
    changed = before.shown != after.shown if before.shown else was != now
    if changed and not {was.status, now.status} <= UNHEARD:
        yield "organization.access_changed"


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
    if before.lines is None and after.lines is not None:
        yield LINES_KNOWN
    if before.state == after.state:
        return
    undone = before.paid and after.state == "fulfilled"
    yield "order.refund_undone" if undone else f"order.{after.state}"


def _reference(record: StoredRecord, policy: Policy) -> str | None:
    """The business's own id of the customer; of an order, as its Checkout session carried it."""
    match record:
        case Organization():
            return reference_of(record, policy.reference_key)
        case Order(session=facet) if facet:
            return facet.value.client_reference_id
    return None
