"""Decide: the second stage. The route's handler says what an event means; what holds for every decision is added here.

Which mails are switched off, which wait for an address, and what the business's own services are told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from functions.consumer.routes import ROUTES
from shared.accounts import ConnectedAccount, PayoutRecord
from shared.after_erasure import after_erasure
from shared.books import Books
from shared.decision import Decision, Kept
from shared.effects import Effect, Email
from shared.errors import Permanent
from shared.event import PLATFORM, Event
from shared.happened import customer_of, happened
from shared.hearing import heard
from shared.joined import joined
from shared.orders import Order
from shared.own_types import is_own
from shared.payments import Payment
from shared.pointing import pointers
from shared.policy import HOLDER_MAILS, Policy
from shared.record import Correspondent
from shared.records import Organization
from shared.still_true import still_true
from shared.stripe_objects import Contact
from shared.wanted import wanted


def decide(event: Event, books: Books) -> Decision:
    """What `event` means, whole.

    Raises:
        Permanent: the event's object is not as Stripe documents it, or its type has no route any more.
    """
    if event.type not in ROUTES:  # it had a route when it was claimed first
        raise Permanent("no_handler", event.type)
    noted = _NotedBooks(books)
    decided = heard(ROUTES[event.type](event, noted), event, noted)
    if any(_refused(owner, event) for record in decided.save for owner in _owner(record, noted)):
        return _as_meant(after_erasure(decided, event, noted), event, noted)
    settled = _settle_mails(_as_meant(decided, event, noted), event, noted)
    sales = _Decided(settled, noted)
    told = tuple(
        joined(announcement, record, event, sales)
        for record in settled.save
        for announcement in happened(noted.before(record), record, event, books.policy.plans)
    )
    return Decision(
        archive=not is_own(event.type),  # a message of ours holds nothing but ids, which the inbox has too
        save=(*settled.save, *pointers((noted.before(record), record) for record in settled.save)),
        then=(*settled.then, *told),
    )


def _owner(record: Kept, books: "_NotedBooks") -> Iterator[Organization]:
    """Whose record this is. Of one that is kept already nobody asks: erasing its owner would have erased it, too."""
    customer = customer_of(record)
    if isinstance(record, Organization):
        yield record
    elif customer and record.version == 0:
        yield books.organization(record.account, customer)


def _refused(organization: Organization, event: Event) -> bool:
    """Whether the customer was erased as of later than this; of one who is gone, only a new start counts."""
    if organization.erased_at is None:
        return False
    comes_back = event.type == "customer.subscription.created" or organization.version > 0
    return event.created <= organization.erased_at or not comes_back


def _as_meant(decision: Decision, event: Event, books: Books) -> Decision:
    """`decision` without the mails that the business does not want."""
    facts = _Decided(decision, books)  # this event may tell that its account is back
    then = (one for one in decision.then if not isinstance(one, Email) or wanted(one, event.account, facts))
    return decision.model_copy(update={"then": tuple(then)})


def _settle_mails(decision: Decision, event: Event, books: "_NotedBooks") -> Decision:
    """Keep a mail without an address with whom it is for; send what was kept there once there is one, if still true."""
    saved = {record.partition: record for record in decision.save if isinstance(record, Correspondent)}
    facts = _Decided(decision, books)
    people = {**books.known, **saved}
    then: list[Effect] = []
    for effect in decision.then:
        if isinstance(effect, Email) and effect.audience == "customer" and effect.partition in people:
            people[effect.partition] = people[effect.partition].owing(effect)
        else:
            then.append(effect)
    for partition, person in people.items():
        # Asked again of what waited: the account may have left us since, or the mail been switched off.
        meant = {key: mail for key, mail in person.owed.items() if wanted(mail, event.account, facts)}
        true = {} if person.silent else {key: mail for key, mail in meant.items() if still_true(mail, person, facts)}
        asked = _at_stripe(person, true, books)
        sendable = (mail for mail in person.addressed(true, asked) if mail.expires > event.created)
        then += [_signed(mail, event, books) for mail in sendable]
        kept = {key: mail for key, mail in true.items() if not (mail.to or person.address or asked)}
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


def _at_stripe(person: Correspondent, mails: Mapping[str, Email], books: Books) -> Contact | None:
    """Where Stripe says that mail for `person` goes, if no event has said it; asked only when there is mail to send."""
    if person.address or all(mail.to for mail in mails.values()):
        return None
    return books.contact_at_stripe(person.account, person.subject)


@dataclass(frozen=True)
class _Decided:
    """What a mail may hang on, as it will be once the decision is saved."""

    decision: Decision
    books: Books

    @property
    def policy(self) -> Policy:
        return self.books.policy

    def connected(self, account: str) -> ConnectedAccount:
        saved = (one for one in self.decision.save if isinstance(one, ConnectedAccount))
        return next(saved, None) or self.books.connected(account)

    def organization(self, account: str, customer: str) -> Organization:
        saved = (one for one in self.decision.save if isinstance(one, Organization) and one.subject == customer)
        return next(saved, None) or self.books.organization(account, customer)

    def payment(self, account: str, payment: str) -> Payment:
        saved = (one for one in self.decision.save if isinstance(one, Payment) and one.subject == payment)
        return next(saved, None) or self.books.payment(account, payment)

    def payout(self, account: str, payout: str) -> PayoutRecord:
        saved = (one for one in self.decision.save if isinstance(one, PayoutRecord) and one.subject == payout)
        return next(saved, None) or self.books.payout(account, payout)


@dataclass(frozen=True)
class _NotedBooks:
    """Books that note what was read from them: it is what a decision's records were before it."""

    books: Books
    read: dict[tuple[str, str], Kept] = field(default_factory=dict)
    known: dict[str, Correspondent] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        return self.books.policy

    def before(self, record: Kept) -> Kept:
        return self.read[record.partition, record.sort_key]

    def organization(self, account: str, customer: str) -> Organization:
        return self._note(self.books.organization(account, customer))

    def order(self, account: str, subject: str, session: str) -> Order:
        return self._note(self.books.order(account, subject, session))

    def contact_at_stripe(self, account: str, subject: str) -> Contact | None:
        return self.books.contact_at_stripe(account, subject)

    def payment(self, account: str, payment: str) -> Payment:
        return self._note(self.books.payment(account, payment))

    def payout(self, account: str, payout: str) -> PayoutRecord:
        return self._note(self.books.payout(account, payout))

    def disputed(self, account: str, customer: str) -> bool:
        return self.books.disputed(account, customer)

    def connected(self, account: str) -> ConnectedAccount:
        return self._note(self.books.connected(account))

    def _note[Found: Kept](self, record: Found) -> Found:
        self.read[record.partition, record.sort_key] = record
        if isinstance(record, Correspondent):
            self.known[record.partition] = record
        return record
