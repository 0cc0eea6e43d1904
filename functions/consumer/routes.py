"""THE table: which handler decides on which event, and why it is there. What is not in it is recorded as ignored."""

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
    erasure_due,
    farewell_due,
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
    payment_intent,
    payout,
    radar_early_fraud_warning,
    refund,
    reminder_dispute,
    reminder_invoice_due,
    reminder_payment_failed,
    reminder_trial_ending,
)
from functions.consumer.message import Message
from shared.decisions.decision import Decision
from shared.records.books import Books
from shared.stripe_objects.event import Event

type Handler = Callable[[Event, Books], Decision]

ROUTES: Mapping[str, Handler] = {
    # A one-off purchase is fulfilled once it is paid, which a delayed method tells later; a subscriber tells who it is.
    "checkout.session.completed": checkout_session.handle,
    "checkout.session.async_payment_succeeded": checkout_session.handle,
    "checkout.session.async_payment_failed": checkout_session.handle,
    "checkout.session.expired": checkout_session.handle,
    # Access, plan and limits follow the subscription as it is, whatever became of its invoices.
    "customer.subscription.created": customer_subscription_changed.handle,
    "customer.subscription.updated": customer_subscription_changed.handle,
    "customer.subscription.paused": customer_subscription_changed.handle,
    "customer.subscription.resumed": customer_subscription_changed.handle,
    "customer.subscription.pending_update_applied": customer_subscription_changed.handle,
    "customer.subscription.pending_update_expired": customer_subscription_changed.handle,
    # What Stripe's own entitlements say; recorded only.
    "entitlements.active_entitlement_summary.updated": customer_entitlements.handle,
    # Stripe's notice is three days ahead: for short trials, longer ones have our reminder of eight.
    "customer.subscription.trial_will_end": customer_subscription_trial_will_end.handle,
    # The last of a customer's subscriptions takes access with it, and an hour later says farewell.
    "customer.subscription.deleted": customer_subscription_deleted.handle,
    # Who the customer is, and where mail goes; the one writer of the address.
    "customer.created": customer.handle,
    "customer.updated": customer.handle,
    "customer.deleted": customer.handle,
    # An invoice to be paid by hand is announced, a yearly renewal beforehand; the rest comes as a receipt.
    "invoice.finalized": invoice_finalized.handle,
    "invoice.upcoming": invoice_upcoming.handle,
    "invoice.paid": invoice_paid.handle,
    "invoice.payment_succeeded": invoice_paid.handle,  # an alias of invoice.paid, for endpoints that send it
    # The customer can mend it: told now, and again in three days if it is still owed.
    "invoice.payment_failed": invoice_payment_failed.handle,
    "invoice.payment_action_required": invoice_payment_failed.handle,
    # One that is paid by hand is late only after its due date; Stripe tells it if an automation is set up.
    "invoice.overdue": invoice_overdue.handle,
    # Less is owed, or on another day: reminders ask for what is owed then.
    "invoice.updated": invoice_noted.handle,
    "credit_note.created": credit_note_created.handle,
    # Nobody waits for it any more: its reminders fall silent.
    "invoice.voided": invoice_noted.handle,
    "invoice.marked_uncollectible": invoice_noted.handle,
    # Only the operator can mend it.
    "invoice.overpaid": invoice_overpaid.handle,
    "invoice.finalization_failed": invoice_finalization_failed.handle,
    # What a payment was for, and what came of it; refunds and disputes name the payment alone.
    "invoice_payment.paid": invoice_payment_paid.handle,
    "payment_intent.succeeded": payment_intent.handle,
    "payment_intent.payment_failed": payment_intent.handle,
    "payment_intent.processing": payment_intent.handle,  # it may fail days later, with nobody there to see it
    # One that is captured by hand is on hold until it is captured, released or lapses; its order waits as long.
    "payment_intent.amount_capturable_updated": payment_intent.handle,
    "payment_intent.canceled": payment_intent.handle,
    "charge.captured": charge.handle,
    "charge.expired": charge.handle,
    # The charge tells the total that went back, each refund what becomes of it.
    "charge.refunded": charge.handle,
    "charge.refund.updated": refund.handle,
    "refund.created": refund.handle,
    "refund.updated": refund.handle,
    "refund.failed": refund.handle,
    # Money is held back, and there are days to answer.
    "charge.dispute.created": charge_dispute.handle,
    "charge.dispute.updated": charge_dispute.handle,
    "charge.dispute.closed": charge_dispute.handle,
    "charge.dispute.funds_withdrawn": charge_dispute.handle,
    "charge.dispute.funds_reinstated": charge_dispute.handle,
    "radar.early_fraud_warning.created": radar_early_fraud_warning.handle,
    # Connect: what the holder of an account must know.
    "payout.created": payout.handle,
    "payout.paid": payout.handle,
    "payout.failed": payout.handle,
    "payout.canceled": payout.handle,
    "account.updated": account_updated.handle,
    "account.application.authorized": account_application.handle,
    "account.application.deauthorized": account_application.handle,
    "capability.updated": capability_updated.handle,
    # Ours, from the effects worker: what it has read at Stripe because no event has told it, or not all of it.
    "observed.customer": customer.handle,
    "observed.account": observed_account.handle,
    "observed.subscription": customer_subscription_changed.handle,
    # Ours, by schedule: each asks the books about its own subject when it comes due.
    "reminder.dispute": reminder_dispute.handle,
    "reminder.invoice_due": reminder_invoice_due.handle,
    "reminder.payment_failed": reminder_payment_failed.handle,
    "reminder.trial_ending": reminder_trial_ending.handle,
    "farewell.due": farewell_due.handle,
    "erasure.due": erasure_due.handle,
    "erasure.account_due": erasure_account_due.handle,
}


@dataclass(frozen=True)
class Ignore:
    """The rule which messages the consumer ignores; `livemode` is the mode that the stack handles, None for both."""

    livemode: bool | None

    def __call__(self, message: Message) -> str | None:
        """Why the consumer ignores `message`; None if it does not, or if the message is no event."""
        if message.thin:
            return "a thin event: enable snapshot events on this endpoint"
        handled = {None, self.livemode} if self.livemode is not None else {None, True, False}
        if not message.own and message.livemode not in handled:
            return "a test-mode event on a live stack" if self.livemode else "a live event on a test-mode stack"
        if message.type not in ROUTES and message.readable:
            return "no handler for its type"
        return None
