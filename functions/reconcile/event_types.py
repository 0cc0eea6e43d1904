"""The event types that reconciliation looks for: those that `./billhook endpoint` has Stripe send.

The consumer's route table lists them, too, but no function imports another. A test keeps the two lists equal.
"""

from collections.abc import Iterator

from shared.values.platform import PLATFORM

CHUNK = 20
"""How many types one call may ask for (https://docs.stripe.com/api/events/list)."""

CONNECT_ONLY = ("account.", "capability.")
"""Types about a connected account, which Stripe does not send for the platform itself."""

TYPES = (
    "account.application.authorized",
    "account.application.deauthorized",
    "account.updated",
    "capability.updated",
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.expired",
    "charge.refund.updated",
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "credit_note.created",
    "customer.created",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.updated",
    "entitlements.active_entitlement_summary.updated",
    "invoice.finalization_failed",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.overdue",
    "invoice.overpaid",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.upcoming",
    "invoice.updated",
    "invoice.voided",
    "invoice_payment.paid",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.succeeded",
    "payout.canceled",
    "payout.created",
    "payout.failed",
    "payout.paid",
    "radar.early_fraud_warning.created",
    "refund.created",
    "refund.failed",
    "refund.updated",
)


def types_of(account: str) -> list[str]:
    """The types that Stripe sends of `account`."""
    return [type_ for type_ in TYPES if account != PLATFORM or not type_.startswith(CONNECT_ONLY)]


def chunks_of(account: str) -> Iterator[list[str]]:
    """The same types, in one list for each call."""
    types = types_of(account)
    for start in range(0, len(types), CHUNK):
        yield types[start : start + CHUNK]
