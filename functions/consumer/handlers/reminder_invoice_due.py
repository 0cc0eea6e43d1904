"""reminder.invoice_due: an invoice to be paid by hand is overdue once its due date has passed, and asked for then."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.invoices_by_hand import overdue_mail
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the overdue invoice, and one mail; silent if it is not open, or due on another day."""
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    invoice = organization.invoice(reminder.id)
    if invoice is None or invoice.status != "open" or invoice.due_date != event.created:
        return NOTHING
    late = organization.with_overdue(invoice.id, event.created)
    return Decision(save=(late,), then=overdue_mail(late, invoice.id, event, books.policy))
