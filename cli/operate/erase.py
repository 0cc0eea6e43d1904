"""`billhook erase`: erase a customer now, after a plan of what would be deleted.

The command never touches the tables. It sends the consumer a signed message, and the consumer decides on the erasure in
its turn, as on the date that each erasure has. The effects worker then deletes what a tombstone covers.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cli.errors import RefusedError
from cli.operate.confirmed import refuse_unless_typed
from cli.operate.customer_plan import Line, ask, plan_for, whom, write
from cli.operate.own_message import decided_on
from cli.operate.plan import Plan
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


def erase(
    customer: str,
    /,
    *,
    account: str = PLATFORM,
    plan: Path | None = None,
    confirm: str = "",
    where: Where = HERE,
) -> int:
    """Erase a customer now.

    First the plan: what would be deleted, and who hears of it. Then the command asks for the customer's id. The
    consumer decides on the erasure in its turn, and the effects worker deletes within minutes. A customer who is still
    subscribed is not erased: cancel the subscription at Stripe first. Stripe keeps its own copy.

    Args:
        customer: cus_….
        account: the connected account whose customer it is, acct_….
        plan: write the plan into this file and change nothing; ./billhook apply FILE does it later.
        confirm: the customer's id again, instead of typing it when asked.
        where: the stack.
    """
    screen = Screen()
    made, told, asked = planned(where, account, customer)
    for line in told:
        screen.say(line)
    if plan:
        return write(made, plan, screen)
    refuse_unless_typed(customer, confirm)
    return ask(where, made, asked, screen)


def planned(where: Where, account: str, customer: str) -> tuple[Plan, list[Line], Remind]:
    """The plan, its lines for a screen, and the message that carries it out.

    Raises:
        RefusedError: there is nobody to erase, or the customer is still subscribed.
        botocore.exceptions.ClientError, BotoCoreError: AWS refused.
    """
    now, tables = int(time.time()), tables_of(where)
    books, missing = books_of(where, settings_of(where))
    about = whom(where, account, customer)
    deleted = _deleted(about.own)
    asked = Remind(type=ASKED, at=now, about=customer, account=account, customer=customer)
    effects = decided_on(books, asked).then
    if not effects:
        raise RefusedError(_refusal(books, account, customer, deleted))
    told: list[Line] = [f"{customer} of {account} in {where.name}: this would be deleted"]
    told += [f"  {counted(count, what)}" for what, count in deleted.items()]
    told.append("  the access item, and what the inbox owes the customer")
    lost = _lost(books.read(Organization, account, customer), known_from(tables, about.own), now)
    told += [(line, "yellow") for line in lost]
    told += _told(books, account, customer, effects)
    made = plan_for("erase", where, about, told, books.policy.fingerprint)
    return made, [*told, (missing, "yellow")] if missing else told, asked


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
