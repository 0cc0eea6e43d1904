"""erasure.due: the date to erase a customer: days after the last subscription, or at once after a deletion."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.email import Email
from shared.effects.observe import Observe
from shared.effects.remind import erasure_at, is_current, unconfirmed_erasure_at
from shared.mails.mail import Once
from shared.mails.of_subscriptions import ERASURE_POSTPONED
from shared.mails.to_operator_of_erasures import ERASURE_WAITS
from shared.mails.write import mail_to, tell_operator
from shared.records.books import Books, money_is_open
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read
from shared.values.times import DAY

WEEK = 7 * DAY
TOLD_AFTER = 12 * WEEK
"""How long an erasure waits for open money before the operator hears of it."""
WAITS_AT_MOST = 16 * WEEK
"""How long an erasure waits at most: disputes end by then (https://docs.stripe.com/disputes/how-disputes-work)."""


def handle(event: Event, books: Books) -> Decision:
    """A question to Stripe, or another try in a week while money is open.

    The decision is nothing if the customer is back, or if the date has moved.

    An event may be forged, so the answer decides (observed.erasure). If no answer comes, a schedule decides later.
    """
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    due_at = organization.erasable_at(books.policy)
    if organization.version == 0 or organization.is_still_subscribed or due_at is None:
        return NOTHING
    if not is_current(event, due_at, every=WEEK):
        return NOTHING
    waited = event.created - due_at
    if books.policy.erase_waits and waited < WAITS_AT_MOST and money_is_open(organization, books):
        again = erasure_at(event.created + WEEK, event.account, reminder.customer)
        return Decision(then=(again, *_told(organization, waited, event)))
    look = Observe(object="erasure", account=event.account, id=reminder.customer, event=event.id)
    at = event.created + books.policy.erase_unconfirmed_after
    return Decision(then=(look, unconfirmed_erasure_at(at, due_at, event.account, reminder.customer)))


def _told(organization: Organization, waited: int, event: Event) -> tuple[Email, ...]:
    """The mail to the customer on the first day of waiting, or to the operator in the twelfth week."""
    due_at, last = event.created - waited, event.created - waited + WAITS_AT_MOST
    if waited == 0:
        return (mail_to(organization, ERASURE_POSTPONED, Once(str(due_at)), event, erased_by=last),)
    if waited == TOLD_AFTER:
        place, who = organization.partition, organization.subject
        return (tell_operator(place, ERASURE_WAITS, Once(str(due_at)), event, customer=who, erased_by=last),)
    return ()
