"""plans.applied: the rules of plans.toml have changed, and a customer's access item follows without an event."""

from shared.decisions.access import access_change
from shared.decisions.decision import NOTHING, Decision
from shared.decisions.entitled import look_at_entitlements
from shared.decisions.rules_change import RulesChange, announcement_of, changes_from
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization, whose item the commit writes again, and an announcement if the customer may do another thing.

    The journal names the facts that the rules change, and the commit archives only a message that changes some. The
    decision is nothing if the customer is unknown, or if the deployed rules are not those that the message means.
    """
    change = read(RulesChange, event.object)
    organization = books.read(Organization, event.account, change.customer)
    if organization.version == 0 or change.policy != books.policy.access_fingerprint:
        return NOTHING
    look = look_at_entitlements(organization, event, books.policy.plans)
    told = announcement_of(change.was, organization, event, books.policy)
    changes = access_change(organization, books.policy, event.created)[1] is not None
    then = (*look, told) if told else look
    if not changes and not then:
        return NOTHING
    # An event that came meanwhile may have written the item by the new rules: its journal names that event's changes.
    changed = changes_from(change.was, organization, books.policy) if changes else {}
    return Decision(save=(organization,), changed=changed, then=then)
