"""`billhook erase`: erase a customer now, after a plan of what would be deleted.

The command never touches the tables. It sends the consumer a signed message, and the consumer decides on the erasure in
its turn, as on the date that each erasure has. The effects worker then deletes what a tombstone covers.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cli.errors import RefusedError
from cli.operate.audit import Change, audited
from cli.operate.confirmed import answer_to, is_terminal
from cli.operate.own_message import decided_on, sender_of
from cli.see.customer import Known, due_after, known_from
from cli.see.inbox import tables_of
from cli.see.screen import Screen, counted, moment
from cli.where import HERE, Where
from cli.why.deployed import ReadBooks, books_of, settings_of
from shared.effects.effect import Effect
from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.records.books import money_is_open
from shared.records.organization import Organization
from shared.values import keys
from shared.values.platform import PLATFORM

ASKED = "erasure.asked"
KINDS = {
    keys.ORGANIZATION: "record of the customer",
    "subscription": "ended subscription",
    "invoice": "closed invoice",
    "order": "order",
    "event": "archived event",
    "mail": "mail",
    "payment": "payment",
    keys.EXPORT: "export file",
}
"""By the start of a sort key: what an erasure deletes, in the singular."""


def erase(customer: str, /, *, account: str = PLATFORM, confirm: str = "", where: Where = HERE) -> int:
    """Erase a customer now.

    First the plan: what would be deleted, and who hears of it. Then the command asks for the customer's id. The
    consumer decides on the erasure in its turn, and the effects worker deletes within minutes. A customer who is still
    subscribed is not erased: cancel the subscription at Stripe first. Stripe keeps its own copy.

    Args:
        customer: cus_….
        account: the connected account whose customer it is, acct_….
        confirm: the customer's id again, instead of typing it when asked.
        where: the stack.
    """
    screen, tables, now = Screen(), tables_of(where), int(time.time())
    books, missing = books_of(where, settings_of(where))
    asked = Remind(type=ASKED, at=now, about=customer, account=account, customer=customer)
    held = list(tables.partition(account, customer))
    deleted = _deleted(held)
    effects = decided_on(books, asked).then
    if not effects:
        raise RefusedError(_refusal(books, account, customer, deleted))
    screen.say(f"{customer} of {account} in {where.name}: this would be deleted")
    for what, count in deleted.items():
        screen.say(f"  {counted(count, what)}")
    screen.say("  the access item, and what the inbox owes the customer")
    for line in _lost(books.read(Organization, account, customer), known_from(tables, held), now):
        screen.say((line, "yellow"))
    for line in _told(books, account, customer, effects):
        screen.say(line)
    if missing:
        screen.say((missing, "yellow"))
    _refuse_unless_confirmed(customer, confirm)
    with audited(where, Change("erase", {"customer": customer, "account": account})) as outcome:
        sender_of(where).send(asked)
        outcome["asked"] += 1
    screen.say(f"asked; ./billhook show {asked.name} tells how far it is")
    return 0


def _deleted(items: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The number of items of each kind, by the kind in words."""
    counts = Counter[str]()
    for item in items:
        kind, _, rest = str(item["sk"]).partition("#")
        if kind != "event" or rest.endswith("#0"):  # a large payload has several parts
            counts[KINDS.get(kind, kind)] += 1
    return dict(counts)


def _lost(organization: Organization, known: Known, now: int) -> Iterable[str]:
    """The grant that gives the customer access now, and the schedules that would fire in vain."""
    if (grant := organization.granted) and grant.until:
        until = f"{moment(grant.until)} UTC"
        yield f"the customer has access by a grant of {grant.plan} until {until}, and loses it at once"
    for remind in due_after(known, now):
        yield f"the schedule {remind.type} of {moment(remind.at)} UTC will find nobody, and do nothing"


def _told(books: ReadBooks, account: str, customer: str, effects: Iterable[Effect]) -> Iterable[str]:
    """Who hears of the erasure, and the facts that the operator should know before."""
    mails = sum(isinstance(effect, Email) for effect in effects)
    yield f"{counted(mails, 'mail') if mails else 'no mails'}; announced on the bus: organization.erased"
    if money_is_open(books.read(Organization, account, customer), books):
        yield "money is open: a later payment, refund or dispute has no name any more"
    yield "Stripe keeps its own copy: redact it there, too (https://docs.stripe.com/privacy/redaction)"


def _refusal(books: ReadBooks, account: str, customer: str, held: Mapping[str, int]) -> str:
    organization = books.read(Organization, account, customer)
    if organization.is_still_subscribed:
        return f"nothing was changed: {customer} is still subscribed; cancel the subscription at Stripe first"
    if held:
        return f"nothing was changed: no record of {customer} is held, only what a later erasure or expiry deletes"
    return f"nothing is held about {customer} of {account}; name a guest with ./billhook erase-guest"


def _refuse_unless_confirmed(customer: str, confirm: str) -> None:
    """Return if the customer's id was typed, as an option or at the terminal.

    Raises:
        RefusedError: another id was typed, or nobody sits at the terminal and the option is missing.
    """
    if confirm:
        if confirm != customer:
            raise RefusedError(f"nothing was changed: --confirm names {confirm}, and not {customer}")
        return
    if not is_terminal():
        raise RefusedError(f"nothing was changed: this is the plan; add --confirm {customer} to do it")
    if answer_to(f"This cannot be undone. Type {customer} to erase: ") != customer:
        raise RefusedError(f"nothing was changed: what you typed is not {customer}")
