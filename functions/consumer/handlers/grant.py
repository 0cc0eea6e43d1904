"""grant.given and grant.revoked: a person of the business has given access to a customer, or taken it back."""

from shared.decisions.decision import Decision
from shared.effects.remind import Remind, erasure_at, remind_about
from shared.records.books import Books
from shared.records.grant import Grant
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read

STATES = {"grant.given": "given", "grant.revoked": "revoked"}


def handle(event: Event, books: Books) -> Decision:
    """The organization with its grant, the schedule of its end, and the erasure of a customer who has left."""
    grant = read(Grant, {**event.object, "state": STATES[event.type]})
    organization = books.read(Organization, event.account, grant.customer).with_grant(grant, event)
    then: list[Remind] = []
    if grant.until and organization.granted == grant:
        then.append(remind_about(grant.id, grant.customer, "reminder.grant_ended", grant.until, event))
    # The date of the erasure moves with the grant; the schedule of the earlier date then fires in vain.
    stays = organization.deleted or organization.is_still_subscribed
    if not stays and (erasable_at := organization.erasable_at(books.policy)):
        then.append(erasure_at(erasable_at, event.account, grant.customer))
    return Decision(save=(organization,), then=tuple(then))
