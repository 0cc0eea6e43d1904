"""invoice.updated, .voided and .marked_uncollectible: the amount that the customer owes now, if any."""

from shared.decisions.decision import Decision
from shared.decisions.invoices_by_hand import due_reminder
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice as it is now; a due date that has moved gets a new reminder."""
    invoice = read(Invoice, event.object)
    organization = books.read(Organization, event.account, invoice.customer).with_invoice_event(invoice, event)
    return Decision(save=(organization,), then=due_reminder(organization, invoice, event))
