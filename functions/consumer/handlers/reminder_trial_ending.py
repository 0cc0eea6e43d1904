"""reminder.trial_ending: eight days before a trial ends, say so, unless it has ended, moved or been left by then."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.event import Event
from shared.stripe_objects import Reminder, read
from shared.trials import TRIAL_REMINDER, trial_mail


def handle(event: Event, books: Books) -> Decision:
    """One mail a trial's end; silent unless it is trialing still, and ends as soon as the reminder expects."""
    reminder = read(Reminder, event.object)
    organization = books.organization(event.account, reminder.customer)
    now = organization.whole(reminder.id)
    if now is None or now.trial_end is None or now.trial_end - event.created > TRIAL_REMINDER:
        return NOTHING
    return Decision(then=trial_mail(organization, now, event, books.policy))
