"""reminder.invoice_due: a mail asks for an invoice that the customer has not paid by its due date."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.invoices_by_hand import overdue_mail
from shared.effects.remind import is_current
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the overdue invoice, and one mail; nothing if it is not open, or due on another day."""
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    invoice = organization.invoice(reminder.id)
    if invoice is None or invoice.status != "open" or not is_current(event, invoice.due_date):
        return NOTHING
    late = organization.with_overdue(invoice.id, event.created)
    return Decision(save=(late,), then=overdue_mail(late, invoice.id, event, books.policy))
