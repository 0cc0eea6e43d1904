"""reminder.grant_ended: a grant ends, so that plan and limits are those of the subscriptions again."""

from shared.decisions.decision import NOTHING, Decision
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The organization without the grant; nothing if a newer grant or a revocation has replaced it."""
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    grant = organization.grant.value if organization.grant else None
    if grant is None or grant.id != reminder.id or grant.state != "given":
        return NOTHING
    ended = grant.model_copy(update={"state": "ended"})
    return Decision(save=(organization.with_grant(ended, event),))
