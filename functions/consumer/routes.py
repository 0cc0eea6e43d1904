"""The route table: which handler decides on which event type, and why. The consumer ignores every other type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from functions.consumer.handlers import (
    account_application,
    account_updated,
    capability_updated,
    charge,
    charge_dispute,
    checkout_session,
    credit_note_created,
    customer,
    customer_entitlements,
    customer_subscription_changed,
    customer_subscription_deleted,
    customer_subscription_trial_will_end,
    erasure_account_due,
    erasure_asked,
    erasure_due,
    erasure_guest_asked,
    erasure_guest_due,
    erasure_unconfirmed,
    farewell_asked,
    farewell_due,
    grant,
    invoice_finalization_failed,
    invoice_finalized,
    invoice_noted,
    invoice_overdue,
    invoice_overpaid,
    invoice_paid,
    invoice_payment_failed,
    invoice_payment_paid,
    invoice_upcoming,
    observed_account,
    observed_erasure,
    observed_order_lines,
    payment_intent,
    payout,
    plans_applied,
    radar_early_fraud_warning,
    refund,
    reminder_dispute,
    reminder_grace_over,
    reminder_grant_ended,
    reminder_invoice_due,
    reminder_payment_failed,
    reminder_trial_ending,
    summary_due,
)
from functions.consumer.message import Message
from shared.decisions.decision import Decision
from shared.messages.binding import unvouched
from shared.records.books import Books
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM

type Handler = Callable[[Event, Books], Decision]

ROUTES: Mapping[str, Handler] = {
    # A one-off purchase is fulfilled once paid; a delayed method pays later. A subscriber's session names the customer.
    "checkout.session.completed": checkout_session.handle,
    "checkout.session.async_payment_succeeded": checkout_session.handle,
    "checkout.session.async_payment_failed": checkout_session.handle,
    "checkout.session.expired": checkout_session.handle,
    # Access, plan and limits follow the subscription itself, not its invoices.
    "customer.subscription.created": customer_subscription_changed.handle,
    "customer.subscription.updated": customer_subscription_changed.handle,
    "customer.subscription.paused": customer_subscription_changed.handle,
    "customer.subscription.resumed": customer_subscription_changed.handle,
    "customer.subscription.pending_update_applied": customer_subscription_changed.handle,
    "customer.subscription.pending_update_expired": customer_subscription_changed.handle,
    # Stripe's own entitlements, which are the features of subscriptions if plans.toml says so.
    "entitlements.active_entitlement_summary.updated": customer_entitlements.handle,
    # Stripe warns three days ahead, which serves short trials; longer trials have a reminder eight days ahead.
    "customer.subscription.trial_will_end": customer_subscription_trial_will_end.handle,
    # The end of the last subscription revokes access; the farewell follows an hour later.
    "customer.subscription.deleted": customer_subscription_deleted.handle,
    # The customer's name and address; no other event changes the address.
    "customer.created": customer.handle,
    "customer.updated": customer.handle,
    "customer.deleted": customer.handle,
    # An invoice to pay by hand and a yearly renewal are mailed beforehand; other invoices send only a receipt.
    "invoice.finalized": invoice_finalized.handle,
    "invoice.upcoming": invoice_upcoming.handle,
    "invoice.paid": invoice_paid.handle,
    "invoice.payment_succeeded": invoice_paid.handle,  # an alias of invoice.paid, for endpoints that send it
    # The customer can fix the payment: a mail now, and another in three days if the invoice is still open.
    "invoice.payment_failed": invoice_payment_failed.handle,
    "invoice.payment_action_required": invoice_payment_failed.handle,
    # An invoice to pay by hand is late after its due date; Stripe sends this if an automation is set up.
    "invoice.overdue": invoice_overdue.handle,
    # The amount or the due date changed: reminders ask for the new amount.
    "invoice.updated": invoice_noted.handle,
    "credit_note.created": credit_note_created.handle,
    # The business no longer expects the payment, so reminders stop.
    "invoice.voided": invoice_noted.handle,
    "invoice.marked_uncollectible": invoice_noted.handle,
    # Only the operator can fix these.
    "invoice.overpaid": invoice_overpaid.handle,
    "invoice.finalization_failed": invoice_finalization_failed.handle,
    # A payment's purpose and result. Refunds and disputes name only the payment.
    "invoice_payment.paid": invoice_payment_paid.handle,
    "payment_intent.succeeded": payment_intent.handle,
    "payment_intent.payment_failed": payment_intent.handle,
    "payment_intent.processing": payment_intent.handle,  # it may fail days later, when the customer is gone
    # A manual capture holds the money until it is captured, released or lapses; the order waits as long.
    "payment_intent.amount_capturable_updated": payment_intent.handle,
    "payment_intent.canceled": payment_intent.handle,
    "charge.captured": charge.handle,
    "charge.expired": charge.handle,
    # The charge has the total refunded, each refund its own state.
    "charge.refunded": charge.handle,
    "charge.refund.updated": refund.handle,
    "refund.created": refund.handle,
    "refund.updated": refund.handle,
    "refund.failed": refund.handle,
    # The bank holds the money, and the business has days to answer.
    "charge.dispute.created": charge_dispute.handle,
    "charge.dispute.updated": charge_dispute.handle,
    "charge.dispute.closed": charge_dispute.handle,
    "charge.dispute.funds_withdrawn": charge_dispute.handle,
    "charge.dispute.funds_reinstated": charge_dispute.handle,
    "radar.early_fraud_warning.created": radar_early_fraud_warning.handle,
    # Connect: news for the holder of an account.
    "payout.created": payout.handle,
    "payout.paid": payout.handle,
    "payout.failed": payout.handle,
    "payout.canceled": payout.handle,
    "account.updated": account_updated.handle,
    "account.application.authorized": account_application.handle,
    "account.application.deauthorized": account_application.handle,
    "capability.updated": capability_updated.handle,
    # Observations: the effects worker reads at Stripe what no event has told.
    "observed.customer": customer.handle,
    "observed.account": observed_account.handle,
    "observed.entitlements": customer_entitlements.handle,
    "observed.subscription": customer_subscription_changed.handle,
    "observed.checkout_session": checkout_session.handle,
    "observed.order_lines": observed_order_lines.handle,
    "observed.erasure": observed_erasure.handle,
    # Schedules: each handler reads the books when its time comes.
    "reminder.dispute": reminder_dispute.handle,
    "reminder.grant_ended": reminder_grant_ended.handle,
    "reminder.grace_over": reminder_grace_over.handle,
    "reminder.invoice_due": reminder_invoice_due.handle,
    "reminder.payment_failed": reminder_payment_failed.handle,
    "reminder.trial_ending": reminder_trial_ending.handle,
    "farewell.due": farewell_due.handle,
    "erasure.due": erasure_due.handle,
    "erasure.unconfirmed": erasure_unconfirmed.handle,
    "erasure.account_due": erasure_account_due.handle,
    "erasure.guest_due": erasure_guest_due.handle,
    "summary.due": summary_due.handle,
    # Sent by `billhook erase-guest`, `billhook erase` and `billhook export`.
    "erasure.guest_asked": erasure_guest_asked.handle,
    "erasure.asked": erasure_asked.handle,
    "farewell.asked": farewell_asked.handle,
    # Sent by `billhook grant` and `billhook revoke`.
    "grant.given": grant.handle,
    "grant.revoked": grant.handle,
    # Sent by `billhook plans apply`.
    "plans.applied": plans_applied.handle,
}


@dataclass(frozen=True)
class Ignore:
    """The rule which messages the consumer ignores; `livemode` is the mode that the stack handles, None for both.

    If `bound`, the consumer ignores events for which the name of their endpoint does not vouch.
    """

    livemode: bool | None
    bound: bool = False

    def __call__(self, message: Message) -> str | None:
        """Why the consumer ignores `message`; None if it does not, or if the message is no event."""
        account = None if message.account == PLATFORM else message.account
        if self.bound and (reason := unvouched(message.endpoint, account)):
            return reason
        if message.thin:
            return "a thin event: enable snapshot events on this endpoint"
        handled = {None, self.livemode} if self.livemode is not None else {None, True, False}
        if not message.own and message.livemode not in handled:
            return "a test-mode event on a live stack" if self.livemode else "a live event on a test-mode stack"
        if message.type not in ROUTES and message.readable:
            return "no handler for its type"
        return None
