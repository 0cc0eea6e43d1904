"""entitlements.active_entitlement_summary.updated: the features that Stripe entitles a customer to."""

from shared.decisions.decision import Decision
from shared.decisions.entitled import look_at_entitlements
from shared.decisions.rules_change import announcement_of, offer_to
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.entitlements import Entitlements
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with its entitlements; with `features = "stripe"`, an announcement if they change its features.

    A list with more than ten entries asks Stripe for all of them.
    """
    entitlements, policy = read(Entitlements, event.object), books.policy
    before = books.read(Organization, event.account, entitlements.customer)
    after = before.with_entitlements(entitlements, event)
    told = announcement_of(offer_to(before, policy), after, event, policy)
    look = look_at_entitlements(after, event, policy.plans)
    return Decision(save=(after,), then=(*look, told) if told else look)
