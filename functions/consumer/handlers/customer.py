"""customer.* and observed.customer: the customer's profile; no other handler writes the address."""

from shared.decisions.decision import Decision
from shared.effects.remind import erasure_at
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.accounts import Customer
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the whole snapshot; a deleted customer is erased if the policy says so."""
    customer = read(Customer, event.object)
    if event.type == "customer.deleted":
        customer = customer.model_copy(update={"deleted": True})
    organization = books.read(Organization, event.account, customer.id)
    organization = organization.with_profile(customer, event)
    if not (customer.deleted and books.policy.erase_deleted):
        return Decision(save=(organization,))
    return Decision(save=(organization,), then=(erasure_at(event.created, event.account, customer.id),))
