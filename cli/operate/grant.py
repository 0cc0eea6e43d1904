"""`billhook grant` and `billhook revoke`: give a customer a plan for a time, or take it back.

Each sends one signed message through the line, so the consumer decides on a grant like on an event. Your AWS
credentials must allow reading the stack, its consumer's settings, the books and the secret with the message keys, and
sending to the queue of events. AWS STS tells your identity, which the record keeps with your reason.
"""

import json
import os
import re
import time
from typing import Any

from cli.errors import RefusedError
from cli.operate.audit import Change, audited
from cli.operate.confirmed import refuse_unless_confirmed
from cli.operate.own_message import sender_of
from cli.operate.reconcile_range import SECONDS, read_time
from cli.see.screen import Screen, moment
from cli.see.story import changes_in
from cli.where import HERE, Where
from cli.why.deployed import ReadBooks, books_of, settings_of
from functions.consumer.decide.decide import decide
from shared.decisions.access_item import AccessItem
from shared.policy.plans_file import read_plans
from shared.records.grant import LONGEST_REASON
from shared.records.organization import Organization
from shared.stripe_objects.event import read_event
from shared.values.platform import PLATFORM

LATEST = 253_402_300_799
"""The last second of the year 9999, the latest that a date can name."""


def grant(  # noqa: PLR0913 - the options of a command
    customer: str,
    /,
    *,
    plan: str,
    until: str,
    why: str,
    account: str = PLATFORM,
    yes: bool = False,
    where: Where = HERE,
) -> None:
    """Give a customer a plan for a time.

    The customer may have a subscription or none. The command shows what changes, and asks. A customer has one grant at
    most: a new one replaces it. The customer gets the higher of subscription and grant, until the grant ends by itself.
    The record keeps your AWS identity and your reason until it is erased.

    Args:
        customer: cus_….
        plan: a plan of plans.toml.
        until: the end, such as 90d (from now), 2026-12-31 (when that day begins in UTC) or 2026-12-31T18:00Z.
        why: the reason, in one line.
        account: the connected account whose customer it is, acct_….
        yes: do not ask.
        where: the stack.
    """
    now = int(time.time())
    ends = _end(until, now)
    known = read_plans().plans
    if plan not in known:
        raise RefusedError(f"plans.toml has no plan {plan}; it has {', '.join(known) or 'none'}")
    message = _message("grant.given", customer, account, now, {"plan": plan, "until": ends, **_reason(where, why)})
    books, missing = books_of(where, settings_of(where))
    shown = _shown(books, message, f"gets {plan} until {moment(ends)} UTC", missing)
    _settle(shown, where, "grant", message, yes=yes)


def revoke(customer: str, /, *, why: str, account: str = PLATFORM, yes: bool = False, where: Where = HERE) -> None:
    """Take a grant back before it ends by itself.

    The command shows what changes, and asks. The record keeps your AWS identity and your reason until it is erased.

    Args:
        customer: cus_….
        why: the reason, in one line.
        account: the connected account whose customer it is, acct_….
        yes: do not ask.
        where: the stack.
    """
    books, missing = books_of(where, settings_of(where))
    granted = _known(books, account, customer).granted
    if granted is None:
        raise RefusedError(f"{customer} of {account} has no grant: nothing to revoke")
    message = _message("grant.revoked", customer, account, max(int(time.time()), granted.at), _reason(where, why))
    _settle(_shown(books, message, f"loses the grant of {granted.plan}", missing), where, "revoke", message, yes=yes)


def _end(until: str, now: int) -> int:
    """The end of a grant in epoch seconds; raises RefusedError if the text is no time that lies ahead."""
    ahead = re.fullmatch(r"(\d+)([mhd])", until)
    ends = now + int(ahead[1]) * SECONDS[ahead[2]] if ahead else read_time("--until", until, now)
    if ends > LATEST:
        raise RefusedError(f"--until {until} is too far ahead: the year 9999 is the last; say 90d, or 2027-03-31")
    if ends <= now:
        raise RefusedError(f"--until {until} is not in the future: say 90d, or a date such as 2027-03-31")
    return ends


def _reason(where: Where, why: str) -> dict[str, str]:
    """The reason, and the identity that AWS knows; raises RefusedError for a reason that a record does not keep."""
    if not why.strip() or not why.isprintable() or len(why) > LONGEST_REASON:
        raise RefusedError(f"--why is one line of 1 to {LONGEST_REASON} printable characters")
    return {"why": why, "by": where.client("sts").get_caller_identity()["Arn"]}


def _message(type_: str, customer: str, account: str, now: int, fields: dict[str, Any]) -> dict[str, Any]:
    """The message about a customer; raises RefusedError if `customer` is no id of a customer."""
    if not re.fullmatch(r"cus_\w{1,200}", customer):
        raise RefusedError(f"{customer} is no customer of Stripe's: name it by its id, cus_…")
    id_ = f"grant_{os.urandom(12).hex()}"
    return {
        "id": id_,
        "object": "event",
        "type": type_,
        "created": now,
        "account": None if account == PLATFORM else account,
        "data": {"object": {"object": "grant", "id": id_, "customer": customer, "created": now, **fields}},
    }


def _shown(books: ReadBooks, message: dict[str, Any], said: str, missing: str) -> Screen:
    """The screen, on which stands what the message changes; raises RefusedError if it would be refused."""
    event, screen = read_event(json.dumps(message)), Screen()
    screen.say(f"{event.subject} of {event.account} {said}, in the name of {event.object['by']}")
    if _known(books, event.account, event.subject).version == 0:
        screen.say(("  No event has told of this customer yet: are the id, --account and --stack right?", "yellow"))
    decision = decide(event, books)
    if not decision.save:
        raise RefusedError("the customer was erased within this second: try again")
    for _, what in changes_in(decision.journal) if decision.journal else ():
        screen.say(f"  {what}")
    for change in decision.access:
        screen.say(f"  {_access(change.item)}" if change.item else "")
    if missing:
        screen.say((missing, "yellow"))
    return screen


def _settle(screen: Screen, where: Where, command: str, message: dict[str, Any], *, yes: bool) -> None:
    """Ask, and send the message; raises RefusedError if nobody can answer, and botocore's errors if AWS refuses."""
    refuse_unless_confirmed(f"Send this to {where.name}?", yes=yes)
    obj = message["data"]["object"]
    told = {name: obj[name] for name in ("customer", "plan", "until") if name in obj}
    with audited(where, Change(command, {**told, "account": message["account"], "message": message["id"]})) as counts:
        sender_of(where).send_event(message)
        counts["sent"] = 1
    screen.say(f"{message['id']} is in the queue; ./billhook show {message['id']} tells of it")


def _known(books: ReadBooks, account: str, customer: str) -> Organization:
    return books.read(Organization, account, customer)


def _access(item: AccessItem) -> str:
    """An access item in words."""
    until = f" until {moment(item.access_until)} UTC" if item.access_until else ""
    limits = ", ".join(f"{name} {number}" for name, number in item.limits.items())
    has = ", ".join(item.features) or "none"
    return f"then: {item.status}{until}, plan {item.plan or 'none'}, features {has}, limits {limits or 'none'}"
