"""Decide: the route's handler says what an event means; what holds for every decision is added here.

Which mails are switched off, which wait for an address, and what the business's own services are told.
"""

from collections.abc import Iterator

from functions.consumer.decide.books_after import Decided
from functions.consumer.decide.mail_decisions import settle_mails, without_unwanted
from functions.consumer.decide.recording_books import NotedBooks
from functions.consumer.decide.write_journal import journal_of
from functions.consumer.routes import ROUTES
from shared.decisions.account_heard import heard
from shared.decisions.after_erasure import after_erasure
from shared.decisions.announcements import announcements_of, customer_of
from shared.decisions.decision import Decision, StoredRecord
from shared.decisions.index_of import pointers
from shared.decisions.sale import joined
from shared.failures.errors import Permanent
from shared.messages.internal_types import holds_ids_only
from shared.records.books import Books
from shared.records.organization import Organization
from shared.records.past import PastRecord
from shared.stripe_objects.event import Event


def decide(event: Event, books: Books) -> Decision:
    """What `event` means, whole.

    Raises:
        Permanent: the event's object is not as Stripe documents it, or its type has no route any more.
    """
    if event.type not in ROUTES:  # it had a route when it was claimed first
        raise Permanent("no_handler", event.type)
    noted = NotedBooks(books, event)
    decided = heard(ROUTES[event.type](event, noted), event, noted)
    if any(owner.refuses(event) for owner in _owners(decided, event, noted)):
        return without_unwanted(after_erasure(decided, event, noted), event, noted)
    settled = settle_mails(without_unwanted(decided, event, noted), event, noted)
    sales = Decided(settled, noted)
    told = tuple(
        joined(announcement, record, event, sales)
        for record in settled.save
        for announcement in announcements_of(noted.before(record), record, event, books.policy.plans)
    )
    changes = [(noted.before(record), record) for record in settled.save]
    past = (over for before, after in changes for over in _past(before, after))
    then = (*settled.then, *told)
    return Decision(
        archive=not holds_ids_only(event.type),
        journal=journal_of(changes, then, books.policy),
        save=(*settled.save, *past, *pointers(changes)),
        then=then,
    )


def _owners(decided: Decision, event: Event, books: NotedBooks) -> Iterator[Organization]:
    """Whose data would be kept: the customer's whom the event names, and the owner's of each new record.

    A record that is kept already does not tell: an erasure deletes it a while after its owner's tombstone.
    """
    new = (customer_of(one) for one in decided.save if isinstance(one, Organization) or one.version == 0)
    named = event.subject if event.object.get("customer") else None
    yield from (books.organization(event.account, customer) for customer in {named, *new} if customer)


def _past(before: StoredRecord, after: StoredRecord) -> Iterator[PastRecord]:
    """What is over, to be saved beside the organization that it leaves."""
    if isinstance(before, Organization) and isinstance(after, Organization):
        yield from after.past_since(before)
