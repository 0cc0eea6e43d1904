"""credit_note.created: less is owed by an invoice; a reminder asks for the rest, whichever event tells of it first."""

from shared.decisions.decision import Decision
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import CreditNote
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the credit note, until its invoice contains it."""
    note = read(CreditNote, event.object)
    organization = books.read(Organization, event.account, note.customer)
    return Decision(save=(organization.with_credit_note(note, event),))
