"""Decide: the handler of an event says what the event means; then come the steps that every decision shares.

Each step takes the decision so far, the event and the books, and returns the decision with its own part added.
"""

from collections.abc import Iterable, Iterator

from functions.consumer.decide.mail_decisions import settle_mails, without_unwanted
from functions.consumer.decide.recording_books import NotedBooks
from functions.consumer.decide.refuse import after_erasure, is_refused
from functions.consumer.decide.write_journal import journal_of
from functions.consumer.routes import ROUTES
from shared.decisions.access import access_change, grace_reminders
from shared.decisions.access_item import AccessChange
from shared.decisions.announcements import announcements_of
from shared.decisions.decision import Decision, StoredRecord
from shared.decisions.facts import joined
from shared.decisions.session import sessions_told
from shared.effects.erasure import Erase
from shared.failures.errors import Permanent
from shared.messages.internal_types import is_internal, needs_no_archive
from shared.records.books import Books, BooksAfter
from shared.records.connected_account import ConnectedAccount
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import PastRecord
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.values import keys
from shared.values.platform import PLATFORM


def decide(event: Event, books: Books) -> Decision:
    """The whole decision on `event`.

    Raises:
        Permanent: the event's object is not as Stripe documents it, or its type has no route.
    """
    if event.type not in ROUTES:  # the type had a route when the consumer first claimed the event
        raise Permanent("no_handler", event.type)
    noted = NotedBooks(books, event)
    decision = ROUTES[event.type](event, noted)
    decision = with_account_heard(decision, event, noted)
    if is_refused(decision, event, noted):
        return without_unwanted(after_erasure(decision, event, noted), noted)
    decision = without_unwanted(decision, noted)
    decision = settle_mails(decision, event, noted)
    decision = with_access(decision, event, noted)
    decision = with_announcements(decision, event, noted)
    decision = with_sessions(decision, event, noted)
    return with_journal_and_indexes(decision, event, noted)


def with_account_heard(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """`decision` and the connected account: each of its events shows that it is active, saved once a day."""
    if event.account == PLATFORM or is_internal(event.type):
        return decision
    saved = [one for one in decision.save if isinstance(one, ConnectedAccount)]
    before = saved[0] if saved else books.read(ConnectedAccount, event.account)
    after = before.with_activity(event.created)
    if after == before:
        return decision
    others = tuple(one for one in decision.save if one is not before)
    return decision.model_copy(update={"save": (*others, after)})


def with_access(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """`decision` with each access item whose content changes, and without the items of erased customers.

    Access that ends by itself after days of grace gets the reminder that ends it.
    """
    saved = [
        access_change(one, books.policy, event.created) if isinstance(one, Organization) else (one, None)
        for one in decision.save
    ]
    buried = (keys.partition(one.account, one.customer) for one in decision.then if isinstance(one, Erase))
    erased = [
        AccessChange(partition=customer.partition, before=customer.shown.reference)
        for customer in map(books.known.get, buried)
        if isinstance(customer, Organization) and customer.shown
    ]
    changed = [change for _, change in saved if change]
    reminders = [
        reminder
        for one, _ in saved
        if isinstance(one, Organization)
        for reminder in grace_reminders(books.before(one), one, books.policy)
    ]
    update = {"save": tuple(one for one, _ in saved), "access": (*changed, *erased)}
    return decision.model_copy(update={**update, "then": (*decision.then, *reminders)})


def with_announcements(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """`decision` with an announcement for each change of state; each names the other parts of its sale."""
    after = BooksAfter(decision.save, books)
    announcements = [
        joined(announcement, record, event, after)
        for record in decision.save
        for announcement in announcements_of(books.before(record), record, event, books.policy)
    ]
    return decision.model_copy(update={"then": (*decision.then, *announcements)})


def with_sessions(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """`decision` with the item of the Checkout session whose outcome the event changes, if it changes one."""
    if event.object.get("object") != "checkout.session" and not any(isinstance(one, Order) for one in decision.save):
        return decision
    return decision.model_copy(update={"sessions": tuple(sessions_told(event, decision.save, books.before))})


def with_journal_and_indexes(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """`decision` with its journal, the past that leaves an organization, and the index records."""
    changes = [(books.before(record), record) for record in decision.save]
    return Decision(
        # A message of Billhook's own that changes facts is archived, so that the customer's story names it.
        archive=bool(decision.changed) or not needs_no_archive(event.type),
        journal=journal_of(changes, decision.then, books.policy, decision.changed),
        save=(*decision.save, *_past(decision, books), *_indexes_of(changes)),
        access=decision.access,
        sessions=decision.sessions,
        then=decision.then,
    )


def _past(decision: Decision, books: NotedBooks) -> list[PastRecord]:
    """The records of the subscriptions that ended and the invoices that closed."""
    organizations = (one for one in decision.save if isinstance(one, Organization))
    return [over for one in organizations for over in one.past_since(books.before(one))]


def _indexes_of(changes: Iterable[tuple[StoredRecord, StoredRecord]]) -> tuple[PaymentIndex | AccountIndex, ...]:
    """The records that lead from an owner to another partition (shared/records/index.py).

    There is one for each payment whose customer is new, and for each new partition of a connected account.
    """
    # By key: two new records of one partition need the same index record, and a transaction writes an item only once.
    found = {index.key: index for before, after in changes for index in _indexes(before, after)}
    return tuple(found.values())


def _indexes(before: StoredRecord, after: StoredRecord) -> Iterator[PaymentIndex | AccountIndex]:
    if isinstance(before, Payment) and isinstance(after, Payment) and after.customer and not before.customer:
        yield PaymentIndex(account=after.account, subject=after.customer, payment=after.subject)
    elsewhere = after.partition != keys.partition(after.account, after.account)
    if elsewhere and after.account != PLATFORM and before.version == 0:
        yield AccountIndex(account=after.account, subject=after.account, held=after.subject)
