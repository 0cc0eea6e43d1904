"""Whether a mail still says what the books say: one that waited for an address or was redriven may be overtaken."""

from typing import Protocol

from shared.accounts import ConnectedAccount, PayoutRecord
from shared.effects import Email
from shared.payments import Payment
from shared.record import Correspondent
from shared.records import Organization


class Facts(Protocol):
    """As much of the books as a mail may hang on besides the record of whom it is for."""

    def payment(self, account: str, payment: str) -> Payment:
        """The payment, by the id of its intent, or of its charge if it has none."""

    def payout(self, account: str, payout: str) -> PayoutRecord:
        """A payout to a connected account."""


def still_true(mail: Email, whom: Correspondent, facts: Facts) -> bool:
    """Whether `mail`, which tells `whom` of a state, tells of the present one; what once happened stays true."""
    _, about, *_ = mail.key.split(":")
    match whom:
        case Organization() if mail.template == "refund":
            return facts.payment(whom.account, about).refunded > _refunded_before(mail)
        case Organization():
            return _of_organization(mail, whom)
        case ConnectedAccount() if mail.template == "payout_coming":
            record = facts.payout(whom.account, about)
            return record.coming and record.payout is not None and whom.announces(record.payout.value)
        case ConnectedAccount() if mail.template == "payout_canceled":
            # Nobody was promised a payout that comes every day by itself.
            record = facts.payout(whom.account, about)
            return record.payout is None or whom.announces(record.payout.value)
        case ConnectedAccount() if mail.template == "account_requirements":
            return whom.state is not None and whom.state.value.demand == about
    return True


def _refunded_before(mail: Email) -> int:
    """What had gone back before the refund that `mail` tells of, in minor units."""
    _, _, *rest = mail.key.split(":")
    if len(rest) == 3:  # noqa: PLR2004 - a step's name: total, before, time
        return int(rest[1])
    total, amount = mail.data["total"], mail.data["amount"]
    return total - amount if isinstance(total, int) and isinstance(amount, int) else 0


def _of_organization(mail: Email, whom: Organization) -> bool:  # noqa: PLR0911 - a table: one return a mail
    _, about, *rest = mail.key.split(":")
    invoice, subscription = whom.invoice(about), whom.subscription(about)
    match mail.template:
        case "payment_failed" | "payment_confirm" | "payment_still_due" if whom.paying(about):
            return False
        case "payment_failed" | "payment_confirm":
            return invoice is not None and invoice.unpaid and rest == [str(invoice.attempt_count)]
        case "payment_still_due":
            return invoice is not None and invoice.unpaid and rest == [str(whom.reminders.get(about))]
        case "invoice_due":
            return invoice is not None and invoice.status == "open"
        case "welcome":
            return subscription is not None and subscription.alive
        case "trial_ending":
            # To who has cancelled already nothing will happen at the trial's end.
            goes_on = subscription is not None and subscription.status == "trialing" and subscription.ends_at is None
            return goes_on and subscription is not None and rest == [str(subscription.trial_end)]
        case "cancellation_scheduled":
            return subscription is not None and subscription.alive and subscription.ends_at is not None
        case "cancellation_withdrawn":
            return subscription is not None and subscription.alive and subscription.ends_at is None
        case "farewell":
            return not whom.stays
    return True
