"""invoice.payment_failed and .payment_action_required: tell the customer now, and again in three days if still owed."""

from shared.books import Books
from shared.decision import Decision
from shared.effects import DAY, HOUR, Email, Remind
from shared.event import Event
from shared.mailing import mail_to
from shared.records import Organization
from shared.stripe_objects import Invoice, read

REMIND_AFTER = 3 * DAY


def handle(event: Event, books: Books) -> Decision:
    """The organization is past due; one mail an attempt, and a reminder, unless the books know better already."""
    invoice = read(Invoice, event.object)
    organization = books.organization(event.account, invoice.customer).told_by(invoice, event)
    # At a first payment the customer is at the checkout, and sees there that it failed.
    if invoice.billing_reason == "subscription_create":
        return Decision(save=(organization,))
    # Noted even if nothing is sent: the books must not depend on which of two events came first.
    remind_at = event.created + REMIND_AFTER
    organization = organization.with_reminder(invoice.id, remind_at)
    newest = organization.invoice(invoice.id)
    if newest is None or not newest.unpaid or newest.attempt_count != invoice.attempt_count:
        return Decision(save=(organization,))
    return Decision(
        save=(organization,), then=(_notice(organization, invoice, event), _reminder(invoice, event, remind_at))
    )


def _notice(organization: Organization, invoice: Invoice, event: Event) -> Email:
    """What failed and what helps; both events of one attempt share the key, so that whichever comes first is told."""
    declined = organization.declines.get(invoice.id)
    # One that is older was of an earlier attempt; this one's has not been heard of yet.
    recent = declined is not None and abs(declined.second - event.created) < HOUR
    mail = mail_to(
        organization,
        "payment_failed",
        f"{invoice.id}:{invoice.attempt_count}",
        event,
        amount=invoice.amount_remaining,
        currency=invoice.currency,
        number=invoice.number,
        next_attempt=invoice.next_payment_attempt,
        url=invoice.hosted_invoice_url,
        decline_code=declined.value.refusal if declined and recent else None,
        method=declined.value.method if declined and recent else None,
    )
    confirm = event.type == "invoice.payment_action_required"
    return mail.model_copy(update={"template": "payment_confirm"}) if confirm else mail


def _reminder(invoice: Invoice, event: Event, at: int) -> Remind:
    return Remind(
        type="reminder.payment_failed", at=at, about=invoice.id, account=event.account, customer=invoice.customer
    )
