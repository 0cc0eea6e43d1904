"""Whether a mail still says what the books say: one that waited for an address or was redriven may be overtaken."""

from typing import Protocol

from shared.effects.email import Email
from shared.policy.policy import Policy
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.records.stored_record import MailRecipient
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.subscriptions import Subscription

OF_INVOICES = {"payment_failed", "payment_confirm", "payment_still_due", "invoice_due", "invoice_overdue"}
"""The mails that tell of an invoice's state; its id follows the template in their keys."""
OF_SUBSCRIPTIONS = {
    "trial_ending",
    "subscription_on_hold",
    "cancellation_scheduled",
    "cancellation_withdrawn",
}
"""The mails that tell of a subscription's state; likewise."""


class Facts(Protocol):
    """As much of the books as a mail may hang on besides the record of whom it is for."""

    @property
    def policy(self) -> Policy:
        """What the business has decided."""

    def payment(self, account: str, payment: str) -> Payment:
        """The payment, by the id of its intent, or of its charge if it has none."""

    def payout(self, account: str, payout: str) -> PayoutRecord:
        """A payout to a connected account."""


def still_true(mail: Email, whom: MailRecipient, facts: Facts) -> bool:
    """Whether `mail`, which tells `whom` of a state, tells of the present one; what once happened stays true."""
    about = mail.key.partition(":")[2].partition(":")[0]
    match whom:
        case Organization() if mail.template == "refund":
            return facts.payment(whom.account, about).refunded > _refunded_before(mail)
        case Organization():
            return _of_organization(mail, whom, facts.policy)
        case ConnectedAccount() if mail.template == "payout_coming":
            record = facts.payout(whom.account, about)
            return record.under_way and record.payout is not None and whom.announces(record.payout.value)
        case ConnectedAccount() if mail.template == "payout_canceled":
            # Nobody was promised a payout that comes every day by itself.
            record = facts.payout(whom.account, about)
            return record.payout is None or whom.announces(record.payout.value)
        case ConnectedAccount() if mail.template == "account_requirements":
            return whom.state is not None and whom.state.value.requirements_digest == about
    return True


def _refunded_before(mail: Email) -> int:
    """What had gone back before the refund that `mail` tells of, in minor units."""
    _, _, *rest = mail.key.split(":")
    if len(rest) == 3:  # noqa: PLR2004 - a step's name: total, before, time
        return int(rest[1])
    total, amount = mail.data["total"], mail.data["amount"]
    return total - amount if isinstance(total, int) and isinstance(amount, int) else 0


def _of_organization(mail: Email, whom: Organization, policy: Policy) -> bool:
    about, *rest = mail.key.partition(":")[2].split(":")
    invoice, subscription = whom.invoice(about), whom.subscription(about)
    if invoice is not None and mail.template in OF_INVOICES:
        return _of_invoice(mail.template, rest, invoice, whom, policy)
    if subscription is not None and mail.template in OF_SUBSCRIPTIONS:
        return _of_subscription(mail.template, rest, subscription)
    match mail.template:
        case "welcome":
            return bool(whom.access)
        case "farewell" | "erasure_postponed":
            return not whom.is_still_subscribed
    return mail.template not in OF_INVOICES | OF_SUBSCRIPTIONS


def _of_invoice(template: str, rest: list[str], invoice: Invoice, whom: Organization, policy: Policy) -> bool:
    match template:
        case "payment_failed" | "payment_confirm":
            return whom.should_collect(invoice, policy) and rest[:1] == [str(invoice.attempt_count)]
        case "payment_still_due":
            return whom.should_collect(invoice, policy) and rest == [str(whom.reminders.get(invoice.id))]
        case "invoice_overdue":
            return whom.should_collect(invoice, policy) and rest == [str(invoice.due_date)]
    return invoice.status == "open"


def _of_subscription(template: str, rest: list[str], subscription: Subscription) -> bool:
    match template:
        case "trial_ending":
            # To a customer who has cancelled by then, nothing will happen at the trial's end.
            goes_on = subscription.status == "trialing" and not subscription.ends_by(subscription.trial_end or 0)
            return goes_on and rest == [str(subscription.trial_end)]
        case "subscription_on_hold":
            return subscription.is_on_hold
        case "cancellation_scheduled":
            return subscription.gives_access and subscription.ends_at is not None
    return subscription.gives_access and subscription.ends_at is None
