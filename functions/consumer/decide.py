"""Decide: the second stage. The route's handler says what an event means; what holds for every decision is added here.

Which mails are switched off, which wait for an address, and what the business's own services are told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from functions.consumer.journal import journal_of
from functions.consumer.noted_books import NotedBooks
from functions.consumer.routes import ROUTES
from shared import keys
from shared.accounts import ConnectedAccount, PayoutRecord
from shared.books import Books
from shared.decision import Decision, Kept
from shared.effects import Effect, Email, Erase, Observe
from shared.errors import Permanent
from shared.event import PLATFORM, Event
from shared.happened import customer_of, happened
from shared.own_types import holds_ids_only
from shared.past import Past
from shared.payments import Payment
from shared.pointer import Holding, Pointer
from shared.policy import HOLDER_MAILS, Policy
from shared.record import Correspondent
from shared.records import Organization
from shared.still_true import still_true
from shared.wanted import wanted

REFUSED = Decision(archive=False)
"""Of a customer who was erased nothing is kept again, not even the payload."""


def decide(event: Event, books: Books) -> Decision:
    """What `event` means, whole.

    Raises:
        Permanent: the event's object is not as Stripe documents it, or its type has no route any more.
    """
    if event.type not in ROUTES:  # it had a route when it was claimed first
        raise Permanent("no_handler", event.type)
    noted = NotedBooks(books, event)
    decided = ROUTES[event.type](event, noted)
    if any(_refused(owner, event) for owner in _owners(decided, event, noted)):
        return REFUSED
    wanted = Decision(save=decided.save, then=tuple(one for one in decided.then if _meant(one, event, noted)))
    settled = _settle_mails(wanted, event, noted)
    told = tuple(
        announcement
        for record in settled.save
        for announcement in happened(noted.before(record), record, event, books.policy.plans)
    )
    # By their place: two new records of one partition have one holding, and a transaction may write an item only once.
    pointers = {
        (pointer.partition, pointer.sort_key): pointer
        for record in settled.save
        for pointer in _pointers(noted.before(record), record)
    }
    past = (over for record in settled.save for over in _past(noted.before(record), record))
    then = (*settled.then, *told)
    saved = ((noted.before(record), record) for record in settled.save)
    return Decision(
        archive=not holds_ids_only(event.type),
        journal=journal_of(saved, then, books.policy),
        save=(*settled.save, *past, *pointers.values()),
        then=then,
    )


def _owners(decided: Decision, event: Event, books: NotedBooks) -> Iterator[Organization]:
    """Whose data would be kept: the customer's whom the event names, and the owner's of each new record.

    A record that is kept already does not tell: an erasure deletes it a while after its owner's tombstone.
    """
    new = (customer_of(one) for one in decided.save if isinstance(one, Organization) or one.version == 0)
    named = event.subject if event.object.get("customer") else None
    yield from (books.organization(event.account, customer) for customer in {named, *new} if customer)


def _refused(organization: Organization, event: Event) -> bool:
    """Whether the customer was erased, and nothing that began since starts anew."""
    return organization.refuses(event)


def _pointers(before: Kept, after: Kept) -> Iterator[Pointer | Holding]:
    """What leads from a customer to a payment, once it is known whose it is; from an account to all of its own."""
    if isinstance(before, Payment) and isinstance(after, Payment) and after.customer and not before.customer:
        yield Pointer(account=after.account, subject=after.customer, payment=after.subject)
    elsewhere = after.partition != keys.partition(after.account, after.account)
    if elsewhere and after.account != PLATFORM and before.version == 0:
        yield Holding(account=after.account, subject=after.account, held=after.subject)


def _past(before: Kept, after: Kept) -> Iterator[Past]:
    """What is over, to be saved beside the organization that it leaves."""
    if isinstance(before, Organization) and isinstance(after, Organization):
        yield from after.past_since(before)


def _meant(effect: Effect, event: Event, books: Books) -> bool:
    return not isinstance(effect, Email) or wanted(effect, event.account, books)


def _settle_mails(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """Keep a mail without an address with whom it is for; send what was kept there once there is one, if still true."""
    saved = {record.partition: record for record in decision.save if isinstance(record, Correspondent)}
    facts = _Decided(decision, books)
    erased = {keys.partition(one.account, one.customer) for one in decision.then if isinstance(one, Erase)}
    # The commit deletes the record of who is erased: a transaction may write an item only once.
    people = {place: one for place, one in {**books.known, **saved}.items() if place not in erased}
    then: list[Effect] = []
    for effect in decision.then:
        if isinstance(effect, Email) and effect.audience == "customer" and effect.partition in people:
            people[effect.partition] = people[effect.partition].owing(effect)
        else:
            then.append(effect)
    for partition, person in people.items():
        # Asked again of what waited: the account may have left us since, or the mail been switched off.
        meant = {key: mail for key, mail in person.owed.items() if wanted(mail, event.account, books)}
        true = {} if person.silent else {key: mail for key, mail in meant.items() if still_true(mail, person, facts)}
        sendable = (mail for mail in person.addressed(true) if mail.expires > event.created)
        then += [_signed(mail, event, books) for mail in sendable]
        kept = {key: mail for key, mail in true.items() if not (mail.to or person.address)}
        if kept and not books.known[partition].owed:
            then.append(_observation(person, event))
        people[partition] = person.model_copy(update={"owed": kept})
    changed = (one for name, one in people.items() if name in saved or one.owed != books.known[name].owed)
    others = (record for record in decision.save if not isinstance(record, Correspondent))
    return Decision(save=(*changed, *others), then=tuple(then))


def _signed(mail: Email, event: Event, books: Books) -> Email:
    """The mail in the name of whose customer it goes to: a connected account's own, not the platform's."""
    if event.account == PLATFORM or mail.template in HOLDER_MAILS:
        return mail
    name = books.connected(event.account).name
    return mail.model_copy(update={"data": {**mail.data, "business": name}}) if name else mail


def _observation(person: Correspondent, event: Event) -> Observe:
    """A look at Stripe for the address of `person`, whose first mail begins to wait for one."""
    what: Literal["account", "customer"] = "account" if isinstance(person, ConnectedAccount) else "customer"
    return Observe(object=what, account=person.account, id=person.subject, event=event.id)


@dataclass(frozen=True)
class _Decided:
    """What a mail may hang on, as it will be once the decision is saved."""

    decision: Decision
    books: Books

    @property
    def policy(self) -> Policy:
        return self.books.policy

    def payment(self, account: str, payment: str) -> Payment:
        saved = (one for one in self.decision.save if isinstance(one, Payment) and one.subject == payment)
        return next(saved, None) or self.books.payment(account, payment)

    def payout(self, account: str, payout: str) -> PayoutRecord:
        saved = (one for one in self.decision.save if isinstance(one, PayoutRecord) and one.subject == payout)
        return next(saved, None) or self.books.payout(account, payout)
