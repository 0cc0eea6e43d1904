"""farewell.due: a mail says farewell an hour after the last subscription ended, unless the customer is back."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.email import Email
from shared.effects.erasure import Export
from shared.effects.remind import erasure_at
from shared.mails.mail import Once
from shared.mails.of_subscriptions import FAREWELL
from shared.mails.to_operator import EXPORT_WITHHELD
from shared.mails.write import mail_to, tell_operator
from shared.policy.policy import Policy
from shared.records.books import Books, money_is_open
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """An export, a mail that links to it, and the schedule of the erasure; nothing while the customer keeps access.

    If another subscription has ended later, its own schedule says farewell. An address that has changed a short while
    ago may be an attacker's, so it gets no link and no file is written. The operator hears of it instead.
    """
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    ended = organization.last_ended
    if organization.is_still_subscribed or ended is None or ended.id != reminder.id:
        return NOTHING
    erasable_at = organization.erasable_at(books.policy)
    waits = books.policy.erase_waits and money_is_open(organization, books)
    erased_at = None if waits else erasable_at
    withheld = _withheld(organization, reminder.id, erased_at, event, books.policy)
    export = () if withheld else (Export(account=event.account, customer=reminder.customer),)
    erasure = (erasure_at(erasable_at, event.account, reminder.customer),) if erasable_at else ()
    mail = mail_to(
        organization,
        FAREWELL,
        Once(reminder.id),
        event,
        ended_at=ended.ended_at,
        reason=ended.reason,
        erased_at=erased_at,
        waits=waits and erasable_at is not None,
        export=not withheld,
    )
    return Decision(then=(*export, *erasure, mail, *withheld))


def _withheld(
    organization: Organization, subscription: str, erased_at: int | None, event: Event, policy: Policy
) -> tuple[Email, ...]:
    """The operator's mail if the customer's address is too new for a link; empty if it is old enough."""
    changed_at = organization.address_changed_at
    if organization.muted or changed_at is None or event.created - changed_at >= policy.export_address_age:
        return ()
    place, customer = organization.partition, organization.subject
    key = Once(subscription)
    return (tell_operator(place, EXPORT_WITHHELD, key, event, customer, changed_at, erased_at),)
