"""`billhook customer`: access, plan, debts, address, mails, schedules and story of one customer."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.bounds import Count
from cli.errors import RefusedError
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, ago, masked, moment
from cli.see.stored import print_everything
from cli.see.story import changes_in
from cli.see.words import SCHEDULES, fact, how_far
from cli.where import HERE, Where
from shared.compression.packing import unpack
from shared.decisions.facts import facts_of
from shared.decisions.journal import read_journal
from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.inbox.outbox import OwedMail, OwedReminder, load, progress_of
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.records.grant import Grant
from shared.records.organization import Organization
from shared.values.keys import archived, led_to, mail
from shared.values.money import show
from shared.values.platform import PLATFORM


@dataclass(frozen=True)
class Known:
    """All that the tables hold about a customer: the items of the partition, and the inbox items that they name."""

    held: list[dict[str, Any]]
    inbox: Mapping[str, Mapping[str, Any]]

    @property
    def organization(self) -> Organization | None:
        """The record; None if there is none."""
        found = (one for one in self.held if one["sk"] == "organization")
        return next((Organization.model_validate_json(unpack(one["record"])) for one in found), None)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The archived payloads, one item each, the oldest first."""
        return [one for one in self.held if one["sk"].startswith(archived(0, "")[:6]) and one["sk"].endswith("#0")]


def known_of(tables: Tables, account: str, customer: str) -> Known:
    """All that is known about a customer; raises RefusedError if that is nothing."""
    held = list(tables.partition(account, customer))
    if not held:
        elsewhere = "" if account != PLATFORM else "; for a customer of a connected account add --account acct_…"
        raise RefusedError(f"nothing is held about {customer} of {account} in {tables.books}{elsewhere}")
    return known_from(tables, held)


def known_from(tables: Tables, held: list[dict[str, Any]]) -> Known:
    """All that is known about a customer, of whom the books hold these items."""
    ids = {_event_of(one) for one in held} - {""}
    return Known(held, {item["id"]: item for item in tables.items(ids)})


def _event_of(held: Mapping[str, Any]) -> str:
    """The event that wrote an item of the books, if the item says it."""
    if "payload" in held:
        return str(held["sk"]).split("#")[2]
    return str(held.get("event", ""))


def customer(  # noqa: PLR0913 - the options of a command
    customer_id: str,
    /,
    *,
    account: str = PLATFORM,
    last: Count = 20,
    reveal: bool = False,
    raw: bool = False,
    where: Where = HERE,
) -> None:
    """Show a customer: access, plan, debts, mails, schedules, story.

    Names and addresses are masked, unless --reveal.

    Args:
        customer_id: cus_…; with --raw also cs_… or pi_… of a guest, or acct_… of a connected account.
        account: the connected account whose customer it is, acct_….
        last: how many mails and events to show, the newest.
        reveal: show names and addresses.
        raw: print everything that is stored, unpacked, as JSON; it is personal data.
        where: the stack.
    """
    if raw:
        print_everything(where, account, customer_id)
        return
    known, screen, now = known_of(tables_of(where), account, customer_id), Screen(), int(time.time())
    screen.say((customer_id, "bold"), f"  of {account}")
    organization = known.organization
    if organization is None:
        screen.say("  no record of a customer: a guest, or an erased one; --raw prints what is held")
    else:
        for name, value in about(organization, reveal=reveal):
            screen.say(f"  {name:<10} {value}")
    _mails(screen, known, now, last=last, reveal=reveal)
    _schedules(screen, known, now)
    _story(screen, known, last)


def about(organization: Organization, *, reveal: bool) -> Iterator[tuple[str, str]]:
    """What a person asks about a customer first, each with its name."""
    facts = facts_of(organization, Policy(plans=read_plans()))
    ends = f", until {fact('ends_at', facts['ends_at'])}" if facts["ends_at"] else ""
    yield "access", fact("access", facts["access"]) + ends
    limits = ", ".join(f"{name[6:]} {value}" for name, value in facts.items() if name.startswith("limit_"))
    yield "plan", str(facts["plan"] or "none") + (f" ({limits})" if limits else "")
    for one in organization.subscriptions_with_access:
        yield "pays for", f"{one.id}, {one.status}"
    if organization.grant:
        yield "grant", granted(organization.grant.value)
    late = "yes" if organization.past_due else "no"
    yield "past due", late
    owed = [facet.value for facet in organization.invoices.values() if organization.owed_on(facet.value)]
    for invoice in owed:
        amount = show(organization.owed_on(invoice), invoice.currency)
        yield "owes", f"{amount} on {invoice.id}, {'late' if organization.is_late(invoice) else invoice.status}"
    if not owed:
        yield "owes", "nothing"
    yield "name", masked(organization.name, reveal=reveal)
    yield "address", masked(organization.address, reveal=reveal)
    if organization.reference:
        yield "reference", organization.reference
    if organization.deleted:
        yield "deleted", "at Stripe: no more mail goes"
    for waiting in organization.owed.values():
        yield "waits", f"mail {waiting.key} waits for an address"


def granted(grant: Grant) -> str:
    """The newest grant of a customer: what became of it, by whom and why."""
    until = f" until {moment(grant.until)}" if grant.until else ""
    return f"{grant.plan or 'none'}{until}, {grant.state} {moment(grant.at)} by {grant.by}: {grant.why}"


def _mails(screen: Screen, known: Known, now: int, *, last: int, reveal: bool) -> None:
    mails = sorted((one for one in known.held if "mail" in one), key=lambda one: one.get("saved_ms", 0))
    screen.title(f"Mails ({len(mails)})")
    for one in mails[-last:]:
        written = Email.model_validate_json(one["mail"])
        to = "to the operator" if written.audience == "operator" else f"to {masked(written.to, reveal=reveal)}"
        screen.say(f"  {moment(one.get('saved_ms', 0) / 1000)}  {written.template:<24} {to}")
        screen.say((f"    {outcome_of(known, one, now)}; {one['event']}", "dim"))
    if not mails:
        screen.say("  none")


def outcome_of(known: Known, claim: Mapping[str, Any], now: int) -> str:
    """What became of a mail, by its claim in the books."""
    item = known.inbox.get(claim["event"])
    if item is None:
        return "the inbox no longer knows its event"
    outbox = load(item.get("outbox", "[]"))
    progress = progress_of(item, outbox)
    for place, owed in enumerate(outbox):
        if isinstance(owed, OwedMail) and claim["sk"] == mail(owed.key):
            return how_far(progress[place], now)
    return "its event owes no such mail"


def due_after(known: Known, now: int) -> list[Remind]:
    """The schedules that the customer's events have set and that are not due yet, the next first."""
    owed = (entry for item in known.inbox.values() for entry in load(item.get("outbox", "[]")))
    due = {one.remind.name: one.remind for one in owed if isinstance(one, OwedReminder) and one.remind.at > now}
    return sorted(due.values(), key=lambda one: one.at)


def _schedules(screen: Screen, known: Known, now: int) -> None:
    due = due_after(known, now)
    screen.title(f"Schedules ({len(due)})")
    for remind in due:
        does, silenced = SCHEDULES.get(remind.type, ("fires", "nothing"))
        screen.say(f"  {moment(remind.at)}  {remind.type}, {ago(remind.at, now)}, about {remind.about}")
        screen.say((f"    {does}, unless {silenced}", "dim"))
    if not due:
        screen.say("  none that an archived event has set")


def _story(screen: Screen, known: Known, last: int) -> None:
    screen.title(f"Events ({len(known.events)}), the newest last")
    for one in known.events[-last:]:
        _, created, event_id, _ = one["sk"].split("#")
        state = known.inbox.get(event_id, {}).get("state", "expired")
        screen.say(f"  {moment(int(created))}  {one['type']:<30} {state}")
        journal = read_journal(one)
        changed = [what for _, what in changes_in(journal)] if journal else []
        screen.say((f"    {event_id}" + (": " + "; ".join(changed) if changed else ""), "dim"))
    payments = [name for one in known.held if (name := led_to(str(one["sk"])))]
    if payments:
        screen.say((f"  payments, each with events of its own: {', '.join(payments)}", "dim"))
