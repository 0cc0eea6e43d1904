"""Which mails of a decision are wanted, which wait for an address, and which of those that waited go out now."""

from typing import TYPE_CHECKING, Literal

from functions.consumer.decide.books_after import Decided
from functions.consumer.decide.recording_books import NotedBooks
from shared.decisions.decision import Decision
from shared.effects.email import Email
from shared.effects.erasure import Erase
from shared.effects.observe import Observe
from shared.mails.still_applies import still_true
from shared.mails.wanted import wanted
from shared.policy.policy import HOLDER_MAILS
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.records.stored_record import MailRecipient
from shared.stripe_objects.event import PLATFORM, Event
from shared.values import keys

if TYPE_CHECKING:
    from shared.effects.effect import Effect


def without_unwanted(decision: Decision, event: Event, books: Books) -> Decision:
    """`decision` without the mails that the business does not want."""
    facts = Decided(decision, books)  # this event may tell that its account is back
    then = (one for one in decision.then if not isinstance(one, Email) or wanted(one, event.account, facts))
    return decision.model_copy(update={"then": tuple(then)})


def settle_mails(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """Keep a mail without an address with whom it is for; send what was kept there once there is one, if still true."""
    saved = {record.partition: record for record in decision.save if isinstance(record, MailRecipient)}
    facts = Decided(decision, books)
    erased = {keys.partition(one.account, one.customer) for one in decision.then if isinstance(one, Erase)}
    # The commit deletes the record of an erased customer, and a transaction may write an item only once.
    people = {place: one for place, one in {**books.known, **saved}.items() if place not in erased}
    then: list[Effect] = []
    for effect in decision.then:
        if isinstance(effect, Email) and effect.audience == "customer" and effect.partition in people:
            people[effect.partition] = people[effect.partition].with_owed_mail(effect)
        else:
            then.append(effect)
    for partition, person in people.items():
        # Asked again of what waited: the account may have left us since, or the mail been switched off.
        meant = {key: mail for key, mail in person.owed.items() if wanted(mail, event.account, facts)}
        true = {} if person.muted else {key: mail for key, mail in meant.items() if still_true(mail, person, facts)}
        sendable = (mail for mail in person.addressed_mails(true) if mail.expires > event.created)
        then += [_signed(mail, event, books) for mail in sendable]
        kept = {key: mail for key, mail in true.items() if not (mail.to or person.address)}
        if kept and not books.known[partition].owed:
            then.append(_observation(person, event))
        people[partition] = person.model_copy(update={"owed": kept})
    changed = (one for name, one in people.items() if name in saved or one.owed != books.known[name].owed)
    others = (record for record in decision.save if not isinstance(record, MailRecipient))
    return Decision(save=(*changed, *others), then=tuple(then))


def _signed(mail: Email, event: Event, books: Books) -> Email:
    """The mail in the name of whose customer it goes to: a connected account's own, not the platform's."""
    if event.account == PLATFORM or mail.template in HOLDER_MAILS:
        return mail
    name = books.connected(event.account).name
    return mail.model_copy(update={"data": {**mail.data, "business": name}}) if name else mail


def _observation(person: MailRecipient, event: Event) -> Observe:
    """A look at Stripe for the address of `person`, whose first mail begins to wait for one."""
    what: Literal["account", "customer"] = "account" if isinstance(person, ConnectedAccount) else "customer"
    return Observe(object=what, account=person.account, id=person.subject, event=event.id)
