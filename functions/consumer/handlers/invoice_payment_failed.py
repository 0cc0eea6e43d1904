"""invoice.payment_failed and .payment_action_required: tell the customer now, and again in three days if still owed."""

from shared.decisions.decision import Decision
from shared.decisions.invoices_by_hand import due_reminder
from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.debts import REMIND_AFTER
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read
from shared.values.times import HOUR


def handle(event: Event, books: Books) -> Decision:
    """The organization is past due; one mail a failure, and a reminder, unless the books know better already.

    Nothing is said while the customer is there to see it: at the checkout, or paying an invoice by hand.
    """
    invoice = read(Invoice, event.object)
    before = books.organization(event.account, invoice.customer)
    # Noted even if nothing is sent: the books must not depend on which of two events came first.
    remind_at = event.created + REMIND_AFTER
    organization = before.with_invoice_event(invoice, event).with_reminder(invoice.id, remind_at)
    newest = organization.invoice(invoice.id)
    if newest is None or not organization.should_collect(newest, books.policy) or newest.by_hand:
        return Decision(save=(organization,), then=due_reminder(organization, invoice, event))
    if newest.attempt_count != invoice.attempt_count or organization.at_checkout(invoice, event.created):
        return Decision(save=(organization,))
    notice = () if _told(before, invoice, remind_at) else (_notice(organization, newest, event),)
    return Decision(save=(organization,), then=(*notice, _reminder(invoice, event, remind_at)))


def _told(before: Organization, invoice: Invoice, remind_at: int) -> bool:
    """Whether this failure has been told: two events tell of one, and whichever comes first is mailed.

    The number of attempts does not tell one failure from another, since it counts only Stripe's own.
    """
    return abs(remind_at - before.reminders.get(invoice.id, 0)) < HOUR


def _notice(organization: Organization, invoice: Invoice, event: Event) -> Email:
    """What failed and what helps."""
    declined = organization.declines.get(invoice.id)
    # One that is older was of an earlier attempt; this one's has not been heard of yet.
    recent = declined is not None and abs(declined.second - event.created) < HOUR
    mail = mail_to(
        organization,
        "payment_failed",
        f"{invoice.id}:{invoice.attempt_count}:{event.created}",
        event,
        amount=organization.owed_on(invoice),
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
