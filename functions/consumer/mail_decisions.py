"""Which mails of a decision are wanted, which wait for an address, and which of those that waited go out now."""

from typing import Literal

from functions.consumer.decided import Decided
from functions.consumer.noted_books import NotedBooks
from shared import keys
from shared.accounts import ConnectedAccount
from shared.books import Books
from shared.decision import Decision
from shared.effects import Effect, Email, Erase, Observe
from shared.event import PLATFORM, Event
from shared.policy import HOLDER_MAILS
from shared.record import Correspondent
from shared.still_true import still_true
from shared.wanted import wanted


def without_unwanted(decision: Decision, event: Event, books: Books) -> Decision:
    """`decision` without the mails that the business does not want."""
    facts = Decided(decision, books)  # this event may tell that its account is back
    then = (one for one in decision.then if not isinstance(one, Email) or wanted(one, event.account, facts))
    return decision.model_copy(update={"then": tuple(then)})


def settle_mails(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """Keep a mail without an address with whom it is for; send what was kept there once there is one, if still true."""
    saved = {record.partition: record for record in decision.save if isinstance(record, Correspondent)}
    facts = Decided(decision, books)
    erased = {keys.partition(one.account, one.customer) for one in decision.then if isinstance(one, Erase)}
    # The commit deletes the record of an erased customer, and a transaction may write an item only once.
    people = {place: one for place, one in {**books.known, **saved}.items() if place not in erased}
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
