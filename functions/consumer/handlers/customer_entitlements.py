"""entitlements.active_entitlement_summary.updated: the features that Stripe entitles a customer to."""

from shared.decisions.decision import Decision
from shared.decisions.entitled import look_at_entitlements
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.entitlements import Entitlements
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with its entitlements. A list with more than ten entries asks Stripe for all of them."""
    entitlements = read(Entitlements, event.object)
    before = books.read(Organization, event.account, entitlements.customer)
    after = before.with_entitlements(entitlements, event)
    return Decision(save=(after,), then=look_at_entitlements(after, event, books.policy.plans))
