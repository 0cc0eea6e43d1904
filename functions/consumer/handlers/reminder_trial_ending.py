"""reminder.trial_ending: a mail announces the end of a trial eight days ahead."""

from shared.decisions.decision import NOTHING, Decision
from shared.mails.trials import TRIAL_REMINDER, trial_mail
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """One mail for each end of a trial; nothing if the trial is over, or ends later than this reminder expects."""
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    now = organization.whole(reminder.id)
    if now is None or now.trial_end is None or now.trial_end - event.created > TRIAL_REMINDER:
        return NOTHING
    return Decision(then=trial_mail(organization, now, event, books.policy))
