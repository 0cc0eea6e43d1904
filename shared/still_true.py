"""Whether a mail still says what the books say: one that waited for an address may have been overtaken meanwhile."""

from shared.effects import Email
from shared.record import Correspondent
from shared.records import Organization


def still_true(mail: Email, whom: Correspondent) -> bool:  # noqa: PLR0911 - a table: one return a mail
    """Whether `mail`, which tells `whom` of a state, tells of the present one; what once happened stays true."""
    if not isinstance(whom, Organization):
        return True
    _, about, *rest = mail.key.split(":")
    invoice, subscription = whom.invoice(about), whom.subscription(about)
    match mail.template:
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
