"""invoice.voided and .marked_uncollectible: nobody waits for this invoice any more; its reminders fall silent."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.stripe_objects import Invoice, read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice as it is now."""
    invoice = read(Invoice, event.object)
    organization = books.organization(event.account, invoice.customer)
    return Decision(save=(organization.told_by(invoice, event),))
