"""reminder.payment_failed: three days after a payment failed, ask again, if that very invoice is still owed."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.records.books import Books
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """One mail; silent if the invoice is no longer owed, or if a later failure has moved the reminder."""
    reminder = read(Reminder, event.object)
    organization = books.organization(event.account, reminder.customer)
    invoice = organization.invoice(reminder.id)
    if invoice is None or not organization.should_collect(invoice, books.policy):
        return NOTHING
    if organization.reminders.get(invoice.id) != event.created:
        return NOTHING
    # An attempt due by now is under way: to announce it would be late, and to deny it wrong.
    next_attempt = invoice.next_payment_attempt
    if next_attempt is not None and next_attempt <= event.created:
        next_attempt = None
    mail = Email(
        template="payment_still_due",
        to=organization.address,
        partition=organization.partition,
        key=f"payment_still_due:{invoice.id}:{event.created}",
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={
            "name": organization.name,
            "amount": organization.owed_on(invoice),
            "currency": invoice.currency,
            "number": invoice.number,
            "next_attempt": next_attempt,
            "url": invoice.hosted_invoice_url,
        },
    )
    return Decision(then=(mail,))
