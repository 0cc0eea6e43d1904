"""invoice.overdue: an automation at Stripe says that a customer has not paid an invoice by its due date."""

from shared.decisions.decision import Decision
from shared.decisions.invoices_by_hand import overdue_mail
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the overdue invoice, and the mail that our own reminder would send, under the same key."""
    invoice = read(Invoice, event.object)
    organization = books.read(Organization, event.account, invoice.customer).with_invoice_event(invoice, event)
    if invoice.due_date is None or invoice.due_date > event.created:  # Stripe's automation may be set to days before
        return Decision(save=(organization,))
    organization = organization.with_overdue(invoice.id, invoice.due_date)
    return Decision(save=(organization,), then=overdue_mail(organization, invoice.id, event, books.policy))
