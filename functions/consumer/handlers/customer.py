"""customer.created, .updated and .deleted: who the customer is; the one writer of its address."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.stripe_accounts import Customer
from shared.stripe_objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the whole snapshot. Once deleted, its reminders and its farewell fall silent."""
    customer = read(Customer, event.object)
    if event.type == "customer.deleted":
        customer = customer.model_copy(update={"deleted": True})
    organization = books.organization(event.account, customer.id)
    return Decision(save=(organization.with_profile(customer, event),))
