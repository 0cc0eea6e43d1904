"""entitlements.active_entitlement_summary.updated: the features that Stripe entitles a customer to."""

from shared.decisions.decision import Decision
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.entitlements import Entitlements
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with its entitlements; nothing follows from them yet."""
    entitlements = read(Entitlements, event.object)
    organization = books.read(Organization, event.account, entitlements.customer)
    return Decision(save=(organization.with_entitlements(entitlements, event),))
