"""The mails of a decision: the wanted ones go out, or wait on their reader's record for an address."""

from typing import TYPE_CHECKING, Literal

from functions.consumer.decide.recording_books import NotedBooks
from shared.decisions.decision import Decision
from shared.effects.email import Email
from shared.effects.erasure import Erase
from shared.effects.observe import Observe
from shared.mails.may_go import wanted, why_not
from shared.records.books import Books, BooksAfter
from shared.records.connected_account import ConnectedAccount
from shared.records.stored_record import MailRecipient
from shared.stripe_objects.event import Event
from shared.values import keys
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from shared.effects.effect import Effect


def without_unwanted(decision: Decision, books: Books) -> Decision:
    """`decision` without the mails that the business does not want."""
    facts = BooksAfter(decision.save, books)  # this event may say that its account is back
    then = (one for one in decision.then if not isinstance(one, Email) or wanted(one, facts))
    return decision.model_copy(update={"then": tuple(then)})


def settle_mails(decision: Decision, event: Event, books: NotedBooks) -> Decision:
    """`decision` with every mail that may go and has an address; the others wait on the record of their reader."""
    saved = {record.partition: record for record in decision.save if isinstance(record, MailRecipient)}
    facts = BooksAfter(decision.save, books)
    erased = {keys.partition(one.account, one.customer) for one in decision.then if isinstance(one, Erase)}
    # The commit deletes the record of an erased customer, and a transaction may write an item only once.
    people = {place: one for place, one in {**books.known, **saved}.items() if place not in erased}
    then: list[Effect] = []
    for effect in decision.then:
        if isinstance(effect, Email) and effect.audience == "customer" and effect.partition in people:
            people[effect.partition] = people[effect.partition].with_owed_mail(_named(effect, event))
        else:
            then.append(effect)
    for partition, person in people.items():
        # A mail that waited is checked again: its account may have left, or the business may have switched it off.
        may_go = {key: mail for key, mail in person.owed.items() if why_not(mail, facts) is None}
        sendable = (mail for mail in person.addressed_mails(may_go) if mail.expires > event.created)
        then += [_signed(mail, books) for mail in sendable]
        kept = {key: mail for key, mail in may_go.items() if not (mail.to or person.address)}
        if kept and not books.known[partition].owed:
            then.append(_observation(person, event))
        people[partition] = person.model_copy(update={"owed": kept})
    changed = (one for name, one in people.items() if name in saved or one.owed != books.known[name].owed)
    others = (record for record in decision.save if not isinstance(record, MailRecipient))
    return decision.model_copy(update={"save": (*changed, *others), "then": tuple(then)})


def _named(mail: Email, event: Event) -> Email:
    """`mail`, with the name of the connected account that the event's invoice carries.

    The source is https://docs.stripe.com/api/invoices/object#invoice_object-account_name. The mail keeps the name while
    it waits for an address.
    """
    name = event.object.get("account_name")
    if event.account == PLATFORM or event.object.get("object") != "invoice" or not isinstance(name, str):
        return mail
    return mail.model_copy(update={"data": {**mail.data, "business": name}})


def _signed(mail: Email, books: Books) -> Email:
    """`mail`, in the name of the connected account whose customer reads it; the platform signs all other mails."""
    account, reader = keys.split(mail.partition)
    if account in {PLATFORM, reader}:
        return mail
    name = books.read(ConnectedAccount, account).name
    return mail.model_copy(update={"data": {**mail.data, "business": name}}) if name else mail


def _observation(person: MailRecipient, event: Event) -> Observe:
    """A look at Stripe for the address of `person`, whose first mail begins to wait for one."""
    what: Literal["account", "customer"] = "account" if isinstance(person, ConnectedAccount) else "customer"
    return Observe(object=what, account=person.account, id=person.subject, event=event.id)
