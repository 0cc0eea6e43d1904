"""erasure.due: thirty days after a customer left, or at once for one deleted at Stripe, all about them is erased."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.erasure import Erase
from shared.effects.remind import erasure_at
from shared.mails.write import mail_to, tell_operator
from shared.records.books import Books, money_is_open
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read
from shared.values.times import DAY

WEEK = 7 * DAY
TOLD_AFTER = 12 * WEEK
"""How long an erasure waits for open money until the operator is told."""
WAITS_AT_MOST = 16 * WEEK
"""How long it waits at most: a dispute is decided by then (https://docs.stripe.com/disputes/how-disputes-work)."""


def handle(event: Event, books: Books) -> Decision:
    """Erase; silent if the customer is back or the date is another; a week later while money is still open."""
    reminder = read(Reminder, event.object)
    organization = books.organization(event.account, reminder.customer)
    if organization.version == 0 or organization.is_still_subscribed or not _is_due(organization, event, books):
        return NOTHING
    waited = event.created - (organization.erasable_at(books.policy) or event.created)
    if books.policy.erase_waits and waited < WAITS_AT_MOST and money_is_open(organization, books):
        again = erasure_at(event.created + WEEK, event.account, reminder.customer)
        return Decision(then=(again, *_told(organization, waited, event)))
    erase = Erase(
        account=event.account, customer=reminder.customer, as_of=event.created, version=organization.overall_version
    )
    told = Announcement(
        id=f"{event.id}:organization.erased",
        name="organization.erased",
        at=event.created,
        account=event.account,
        customer=reminder.customer,
        record=f"{organization.partition}/{organization.sort_key}",
        version=organization.overall_version,
    )
    return Decision(then=(erase, told))


def _told(organization: Organization, waited: int, event: Event) -> tuple[Email, ...]:
    """The customer is told once that the day is not kept, and the operator once that it will not wait for ever."""
    due_at, last = event.created - waited, event.created - waited + WAITS_AT_MOST
    if waited == 0:
        return (mail_to(organization, "erasure_postponed", str(due_at), event, erased_by=last),)
    if waited == TOLD_AFTER:
        place, who = organization.partition, organization.subject
        return (tell_operator(place, "erasure_waits", str(due_at), event, customer=who, erased_by=last),)
    return ()


def _is_due(organization: Organization, event: Event, books: Books) -> bool:
    """Whether it was set for what the books say now: the last end or the deletion, or whole weeks after that."""
    since = event.created - (organization.erasable_at(books.policy) or event.created + 1)
    return since >= 0 and since % WEEK == 0
