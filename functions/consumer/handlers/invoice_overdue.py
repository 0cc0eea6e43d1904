"""invoice.overdue: Stripe's own word, if an automation sends it, that an invoice was not paid by its due date."""

from shared.books import Books
from shared.collecting import overdue_mail
from shared.decision import Decision
from shared.event import Event
from shared.stripe_invoices import Invoice
from shared.stripe_objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the overdue invoice, and the mail that our own reminder sends, under the same key."""
    invoice = read(Invoice, event.object)
    organization = books.organization(event.account, invoice.customer).told_by(invoice, event)
    if invoice.due_date is None or invoice.due_date > event.created:  # Stripe's automation may be set to days before
        return Decision(save=(organization,))
    organization = organization.with_overdue(invoice.id, invoice.due_date)
    return Decision(save=(organization,), then=overdue_mail(organization, invoice.id, event, books.policy))
