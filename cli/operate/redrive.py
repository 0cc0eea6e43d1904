"""`billhook redrive`: move the dead letters of a queue back, all or some, after a plan of what would come of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from cli.bounds import Most
from cli.operate.code import code_version
from cli.operate.confirmed import is_terminal, refuse_unless_confirmed
from cli.operate.letters import Letter, causes_of, holding_of, letters_in
from cli.operate.outlook import Outlook, foreseen, lines_of, mails_in, owed_by
from cli.operate.plan import Plan, items_of, place_of
from cli.operate.redriving import Asked, carry_out
from cli.see.dead import EXAMPLES, QUEUES
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, counted
from cli.see.story import story_of
from cli.where import HERE, Where
from cli.why.deployed import ReadBooks, books_of, settings_of

LOOKED_AT = 500
"""Events on which a plan decides, at most: each takes some reads."""
NOT_LOOKED_AT = f"not looked at: a plan decides on {LOOKED_AT} events at most"
SLOW = 30
"""Events whose plan takes seconds, so that the command says what it is doing."""


def redrive(  # noqa: PLR0913 - the options of a command
    queue: Literal["dlq.fifo", "effects-dlq", "mails-dlq"],
    /,
    *filters: str,
    cause: str = "",
    most: Most = None,
    pace: Most = None,
    watch: Annotated[bool | None, Parameter(negative="--no-watch")] = None,
    plan: Path | None = None,
    yes: bool = False,
    where: Where = HERE,
) -> int:
    """Move the dead letters of a queue back, all or some.

    First the plan: what the code of this checkout would make of them. Then the command asks. A whole queue is moved by
    SQS's own redrive; chosen messages one by one. Ctrl-C stops; moved messages stay moved. No effect is performed
    twice, and a mail goes only within 72 hours of its event.

    Filters: type:invoice.* account:acct_… customer:cus_… since:2h error:"…", as for ./billhook events.

    Args:
        queue: dlq.fifo for events, effects-dlq, or mails-dlq.
        filters: which to move, as above; all by default.
        cause: only those whose error has this text; ./billhook dead lists the causes.
        most: how many to move at most, the oldest first.
        pace: how many messages to move a second at most; as many as SQS likes by default.
        watch: stop when moved events fail again; by default if you sit at a terminal.
        plan: write the plan into this file and change nothing; ./billhook apply FILE does it later.
        yes: do not ask.
        where: the stack.
    """
    asked = Asked(queue, filters, cause, most, pace)
    screen, tables = Screen(), tables_of(where)
    lying = _lying(where, queue)
    screen.say(f"{queue} of {where.name}: {counted(lying, 'message')} (approximate)")
    letters = asked.letters(tables)
    if not letters and not (asked.is_whole and lying):
        screen.say(_nothing(tables, asked))
        return 1
    made = plan_of(where, asked, letters, screen, lying)
    if plan:
        made.write(plan)
        screen.say(f"nothing was changed; the plan is in {plan}: ./billhook apply {plan}")
        return 0
    number = lying if asked.is_whole else len(letters)
    refuse_unless_confirmed(f"Move {counted(number, 'message')} back?", yes=yes)
    watched = is_terminal() if watch is None else watch
    return carry_out(where, asked, letters, screen, made.hash, watched=watched)


def plan_of(where: Where, asked: Asked, letters: Sequence[Letter], screen: Screen, lying: int) -> Plan:
    """Make the plan and print it; raises botocore's errors if AWS refuses."""
    tables = tables_of(where)
    books, missing = books_of(where, settings_of(where)) if letters and asked.queue == "dlq.fifo" else (None, "")
    if books and len(letters) > SLOW:
        screen.say((f"deciding on {min(len(letters), LOOKED_AT)} events without a commit …", "dim"))
    outlooks = {one.event_id: one for one in _outlooks(tables, books, letters, asked.queue)}
    for error, count in causes_of(letters).items():
        screen.say(f"  {count} x ", (error, "red"))
        for letter in [one for one in letters if one.error == error][:EXAMPLES]:
            screen.say(f"    {letter.event_id}  {_short(outlooks[letter.event_id])}")
    consequence = list(_consequence(asked, letters, list(outlooks.values()), lying))
    for line in consequence:
        screen.say(line)
    if missing:
        screen.say((missing, "yellow"))
    items = items_of(
        [one.item for one in letters],
        [holding_of(one.item, asked.queue) for one in letters],
        [lines_of(outlooks[one.event_id]) for one in letters],
    )
    policy = books.policy.fingerprint if books else ""
    return Plan("redrive", place_of(where), asked.selection, items, consequence, policy, code_version())


def _outlooks(tables: Tables, books: ReadBooks | None, letters: Sequence[Letter], queue: str) -> Iterator[Outlook]:
    for number, letter in enumerate(letters):
        if books is None:
            yield owed_by(letter.item, "effects" if QUEUES[queue] == "effects" else "mails")
        elif number < LOOKED_AT:
            yield foreseen(tables, books, letter.event_id, story_of(tables, letter.event_id))
        else:
            yield Outlook(letter.event_id, NOT_LOOKED_AT)


def _short(one: Outlook) -> str:
    if one.why_not:
        return one.why_not
    effects = counted(len(one.effects), "effect")
    if not one.payload:
        return f"owes {effects}"
    return f"would be decided: {counted(len(one.facts), 'fact')} change, {effects}"


def _consequence(asked: Asked, letters: Sequence[Letter], outlooks: Sequence[Outlook], lying: int) -> Iterator[str]:
    """What would happen, to whom, and how many mails."""
    customers = sorted({(one.item["customer"], one.item["account"]) for one in letters if one.item.get("customer")})
    names = list(dict.fromkeys(customer for customer, _ in customers))
    named = ", ".join(names[:EXAMPLES]) + (f" and {len(names) - EXAMPLES} more" if names[EXAMPLES:] else "")
    whose = f", of {counted(len(customers), 'customer')}: {named}" if customers else ""
    yield f"{counted(len(letters), 'event')} would go back to {asked.source}{whose}"
    failing = [one for one in outlooks if one.why_not.startswith("this code fails")]
    unknown = [one for one in outlooks if one.why_not and one not in failing]
    if failing:
        yield f"{len(failing)} of them would fail again with the code of this checkout"
    if unknown:
        yield f"{len(unknown)} of them cannot be foretold: {unknown[0].why_not}"
    yield mails_in(outlooks) + (", not counting those" if unknown else "")
    if asked.is_whole and lying > len(letters):
        yield f"{lying - len(letters)} more that the inbox does not know would go back, too"
    if failing and all(one.why_not == NOT_LOOKED_AT for one in outlooks if one not in failing):
        yield "Warning: each event that the plan looked at would fail again. Mend the code first, and deploy it"


def _nothing(tables: Tables, asked: Asked) -> str:
    others = causes_of(list(letters_in(tables.unfinished(), asked.queue)))
    if asked.is_whole or not others:
        return "nothing to redrive"
    return "nothing to redrive: the causes are " + "; ".join(f"{count} x {error}" for error, count in others.items())


def _lying(where: Where, queue: str) -> int:
    name: Any = "ApproximateNumberOfMessages"
    found = where.client("sqs").get_queue_attributes(QueueUrl=where.queue(queue), AttributeNames=[name])
    return int(found["Attributes"][name])
