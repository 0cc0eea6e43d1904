"""`billhook replay`: put archived events into the queue again, after a plan of what would come of each."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.errors import RefusedError
from cli.operate.confirmed import confirmed
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, counted
from cli.see.story import changes_in, story_of
from cli.where import HERE, Where
from cli.why.deployed import ReadBooks, books_of, settings_of
from cli.why.explain import PERFORMED, effects_in
from functions.consumer.decide.decide import decide
from functions.reconcile.offer import Offerer
from functions.reconcile.settings import group_by
from shared.failures.kinds import failure_of
from shared.messages.internal_types import is_internal
from shared.runtime.message_keys import KeySecret, MessageKeys


@dataclass(frozen=True)
class Planned:
    """One event: why it is left out, empty if it is not; and what would come of it."""

    event_id: str
    left_out: str = ""
    facts: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    payload: dict[str, Any] = field(default_factory=dict)


def replay(*event_ids: str, of: str | None = None, yes: bool = False, where: Where = HERE) -> None:
    """Put archived events into the queue again.

    First the plan: for each event the facts that would change and the effects that would be performed, as the code of
    this checkout decides. Then the command asks. An event that is done or ignored is never handled again, so it is left
    out, as is an event on which this code fails. SQS drops a repetition within five minutes.

    Args:
        event_ids: evt_…, one or more.
        of: the object in whose partition the payloads lie, for events that name no customer: pi_…, or acct_…#pi_….
        yes: do not ask.
        where: the stack.
    """
    if not event_ids:
        raise RefusedError("name at least one event: ./billhook replay evt_…")
    screen, tables = Screen(), tables_of(where)
    books, missing = books_of(where, settings_of(where))
    plan = [planned(tables, books, event_id, of) for event_id in dict.fromkeys(event_ids)]
    for one in plan:
        _print(screen, one)
    if missing:
        screen.say((missing, "yellow"))
    going = [one for one in plan if not one.left_out]
    if not going:
        raise RefusedError("nothing to replay")
    mails = sum(what.startswith("mail ") for one in going for what in one.effects)
    screen.say(f"{counted(len(going), 'event')} into the queue of {where.name}, {counted(mails, 'mail')} at most")
    if not confirmed("Replay?", yes=yes):
        screen.say("nothing was changed")
        return
    outputs, parameters = where.described()
    keys = MessageKeys(KeySecret(where.client("secretsmanager"), outputs["MessageKeyId"]).fetch)
    offerer = Offerer(where.client("sqs"), where.queue("events.fifo"), group_by(parameters["GroupBy"]), keys, _say)
    for one in going:
        offerer.offer(one.payload)


def planned(tables: Tables, books: ReadBooks, event_id: str, of: str | None) -> Planned:
    """What a replay of an event would come to; raises botocore's errors if DynamoDB refuses."""
    story = story_of(tables, event_id, of)
    state = story.item.get("state", "unknown to the inbox")
    if state in {"done", "ignored", "committed"}:
        return Planned(event_id, f"it is {state}, and is decided only once")
    if "outbox" in story.item:
        return Planned(event_id, "it is decided, and owes effects: ./billhook redrive, or ./billhook handover --failed")
    event = story.event
    if event is None:
        return Planned(event_id, "no payload of it is archived")
    if is_internal(event.type):
        return Planned(event_id, "it is a message of Billhook's own; redrive it instead")
    try:
        decision = decide(event, books)
    except Exception as error:  # noqa: BLE001 - any error is the answer
        return Planned(event_id, f"this code fails on it: {failure_of(error)}")
    facts = tuple(what for _, what in changes_in(decision.journal)) if decision.journal else ()
    effects = tuple(what for what, outcome in effects_in(tables, decision, story) if outcome == PERFORMED)
    return Planned(event_id, "", facts, effects, json.loads(story.payload or "{}"))


def _print(screen: Screen, one: Planned) -> None:
    if one.left_out:
        screen.say(f"{one.event_id}  ", ("left out: ", "yellow"), one.left_out)
        return
    kinds = Counter(what.partition(" ")[0] for what in one.effects)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "no effect"
    screen.say(f"{one.event_id}  {told}")
    for what in (*one.facts, *one.effects):
        screen.say((f"  {what}", "dim"))


def _say(event: Mapping[str, Any], unfit: str | None) -> None:
    print(f"{event['id']}  {'cannot be queued: ' + unfit if unfit else 'is in the queue; ./billhook show tells of it'}")
