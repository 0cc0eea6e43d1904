"""`billhook replay`: put archived events into the queue again, after a plan of what would come of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.errors import RefusedError
from cli.operate.audit import Change, audited
from cli.operate.code import code_version
from cli.operate.confirmed import refuse_unless_confirmed
from cli.operate.letters import chosen, letters_in
from cli.operate.outlook import Outlook, foreseen, lines_of, mails_in
from cli.operate.plan import Plan, items_of, place_of
from cli.see.filters import Filters
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, counted
from cli.see.story import story_of
from cli.where import HERE, Where
from cli.why.deployed import ReadBooks, books_of, settings_of
from functions.reconcile.offer import Offerer
from functions.reconcile.settings import group_by
from shared.messages.internal_types import is_internal
from shared.runtime.message_keys import KeySecret, MessageKeys

UNKNOWN = "unknown to the inbox"


def replay(
    *event_ids: str,
    cause: str = "",
    of: str | None = None,
    plan: Path | None = None,
    yes: bool = False,
    where: Where = HERE,
) -> None:
    """Put archived events into the queue again.

    First the plan: for each event the facts that would change and the effects that would be performed, as the code of
    this checkout decides. Then the command asks. An event that is done or ignored is never handled again, so it is left
    out, as is an event on which this code fails. SQS drops a repetition within five minutes.

    Args:
        event_ids: evt_…, one or more.
        cause: also the dead letters of dlq.fifo whose error has this text; they stay there, and a later redrive of them
            changes nothing.
        of: the object in whose partition the payloads lie, for events that name no customer: pi_…, or acct_…#pi_….
        plan: write the plan into this file and change nothing; ./billhook apply FILE does it later.
        yes: do not ask.
        where: the stack.
    """
    if not event_ids and not cause:
        raise RefusedError("name at least one event: ./billhook replay evt_…, or a cause: --cause TEXT")
    screen, tables = Screen(), tables_of(where)
    books, missing = books_of(where, settings_of(where))
    dead = chosen(letters_in(tables.unfinished(), "dlq.fifo"), cause, Filters(), None) if cause else []
    wanted = dict.fromkeys([*event_ids, *(one.event_id for one in dead)])
    outlooks = [planned(tables, books, event_id, of) for event_id in wanted]
    for one in outlooks:
        _print(screen, one)
    if missing:
        screen.say((missing, "yellow"))
    going = [one for one in outlooks if not one.why_not]
    if not going:
        raise RefusedError("nothing to replay")
    made = _plan_of(where, books, going, of)
    screen.say(made.consequence[0])
    if plan:
        made.write(plan)
        screen.say(f"nothing was changed; the plan is in {plan}: ./billhook apply {plan}")
        return
    refuse_unless_confirmed("Replay?", yes=yes)
    offer(where, going, made.hash)


def planned(tables: Tables, books: ReadBooks, event_id: str, of: str | None) -> Outlook:
    """What a replay of an event would come to; raises botocore's errors if DynamoDB refuses."""
    story = story_of(tables, event_id, of)
    state = story.item.get("state", UNKNOWN)
    if state in {"done", "ignored", "committed"}:
        return Outlook(event_id, f"it is {state}, and is decided only once")
    if "outbox" in story.item:
        return Outlook(event_id, "it is decided, and owes effects: ./billhook redrive, or ./billhook handover --failed")
    if story.event is not None and is_internal(story.event.type):
        return Outlook(event_id, "it is a message of Billhook's own; redrive it instead")
    return foreseen(tables, books, event_id, story)


def holdings(tables: Tables, event_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The state and the fencing token of each event, by its id."""
    found = {str(item["id"]): item for item in tables.items(event_ids)}
    return {one: (found.get(one, {}).get("state", UNKNOWN), found.get(one, {}).get("token", "")) for one in event_ids}


def offer(where: Where, going: Sequence[Outlook], plan: str) -> None:
    """Put events into the queue, with an entry in the audit log.

    Raises:
        RefusedError: the audit log cannot be written, so nothing was changed.
        botocore.exceptions.ClientError, BotoCoreError: AWS refused. Queued events stay queued.
    """
    outputs, parameters = where.described()
    keys = MessageKeys(KeySecret(where.client("secretsmanager"), outputs["MessageKeyId"]).fetch)
    offerer = Offerer(where.client("sqs"), where.queue("events.fifo"), group_by(parameters["GroupBy"]), keys, _say)
    with audited(where, Change("replay", {"events": [one.event_id for one in going]}, plan)) as outcome:
        for one in going:
            outcome["queued" if offerer.offer(one.payload) else "cannot be queued"] += 1


def _plan_of(where: Where, books: ReadBooks, going: Sequence[Outlook], of: str | None) -> Plan:
    ids = [one.event_id for one in going]
    held = holdings(tables_of(where), ids)
    inbox = [{"id": one.event_id, **_address(one.payload)} for one in going]
    items = items_of(inbox, [held[event_id] for event_id in ids], [lines_of(one) for one in going])
    told = f"{counted(len(going), 'event')} into the queue of {where.name}, {mails_in(going)}"
    selection = {"events": ids, "of": of}
    return Plan("replay", place_of(where), selection, items, [told], books.policy.fingerprint, code_version())


def _address(payload: Mapping[str, Any]) -> dict[str, Any]:
    about = payload.get("data", {}).get("object", {})
    customer = about.get("id") if about.get("object") == "customer" else about.get("customer")
    return {
        "type": payload.get("type"),
        "account": payload.get("account") or "platform",
        "customer": customer if isinstance(customer, str) else "",
    }


def _print(screen: Screen, one: Outlook) -> None:
    if one.why_not:
        screen.say(f"{one.event_id}  ", ("left out: ", "yellow"), one.why_not)
        return
    first, *rest = lines_of(one)
    screen.say(f"{one.event_id}  {first}")
    for line in rest:
        screen.say((f"  {line}", "dim"))


def _say(event: Mapping[str, Any], unfit: str | None) -> None:
    print(f"{event['id']}  {'cannot be queued: ' + unfit if unfit else 'is in the queue; ./billhook show tells of it'}")
