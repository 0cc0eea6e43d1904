"""erasure.due: thirty days after a customer left, or at once for one deleted at Stripe, all about them is erased."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.effects import DAY, Erase, Publish, erasure_at
from shared.event import Event
from shared.records import Organization
from shared.stripe_objects import Reminder, read

WEEK = 7 * DAY


def handle(event: Event, books: Books) -> Decision:
    """Erase; silent if the customer is back or the date is another; a week later while money is still open."""
    reminder = read(Reminder, event.object)
    organization = books.organization(event.account, reminder.customer)
    if organization.version == 0 or organization.stays or not _is_due(organization, event, books):
        return NOTHING
    money_is_open = organization.owes or books.disputed(event.account, reminder.customer)
    if books.policy.erase_waits and money_is_open:
        return Decision(then=(erasure_at(event.created + WEEK, event.account, reminder.customer),))
    erase = Erase(account=event.account, customer=reminder.customer, as_of=event.created, version=organization.saved_as)
    told = Publish(
        id=f"{event.id}:organization.erased",
        name="organization.erased",
        at=event.created,
        account=event.account,
        customer=reminder.customer,
        record=f"{organization.partition}/{organization.sort_key}",
        version=organization.saved_as,
    )
    return Decision(then=(erase, told))


def _is_due(organization: Organization, event: Event, books: Books) -> bool:
    """Whether it was set for what the books say now: the last end or the deletion, or whole weeks after that."""
    since = event.created - (organization.erasable_at(books.policy) or event.created + 1)
    return since >= 0 and since % WEEK == 0
