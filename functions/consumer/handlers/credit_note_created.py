"""credit_note.created: a credit note lowers the amount of an invoice that a reminder asks for."""

from shared.decisions.decision import Decision
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import CreditNote
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization, which keeps the credit note until its invoice includes it."""
    note = read(CreditNote, event.object)
    organization = books.read(Organization, event.account, note.customer)
    return Decision(save=(organization.with_credit_note(note, event),))
