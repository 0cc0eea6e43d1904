"""reminder.payment_failed: a mail asks again, three days after a failed payment, if the invoice is still open."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.remind import is_current
from shared.mails.mail import At
from shared.mails.of_invoices import PAYMENT_STILL_DUE
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """One mail; nothing if the invoice is closed, or if a later failure has moved the reminder."""
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    invoice = organization.invoice(reminder.id)
    if invoice is None or not organization.should_collect(invoice, books.policy):
        return NOTHING
    if not is_current(event, organization.reminders.get(invoice.id)):
        return NOTHING
    # An attempt that is due by now is under way: the mail neither announces nor denies it.
    next_attempt = invoice.next_payment_attempt
    if next_attempt is not None and next_attempt <= event.created:
        next_attempt = None
    mail = mail_to(
        organization,
        PAYMENT_STILL_DUE,
        At(invoice.id, event.created),
        event,
        amount=organization.owed_on(invoice),
        currency=invoice.currency,
        number=invoice.number,
        next_attempt=next_attempt,
        url=invoice.hosted_invoice_url,
    )
    return Decision(then=(mail,))
