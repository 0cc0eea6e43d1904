"""`billhook dead`: what lies in each dead-letter queue and why, grouped by cause, from the inbox."""

import json as json_
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.see.inbox import tables_of
from cli.see.screen import Screen, ago, counted, moment
from cli.where import HERE, Where
from shared.inbox.lanes import LANES
from shared.inbox.outbox import in_lane, load, progress_of

QUEUES = {"dlq.fifo": "events", "effects-dlq": "effects", "mails-dlq": "mails"}
"""The dead-letter queues that a redrive empties, each with what lies in it."""
EXAMPLES = 3
SHOWN = 20
"""Causes of a queue that are printed, the most frequent; --json has all."""
PEEKED_FOR = 10
"""Seconds for which a peeked message is hidden, unless the peek ends before."""


@dataclass
class Cause:
    """The dead letters that failed with one error, by the inbox.

    Args:
        queue: the dead-letter queue.
        error: the class and the place of the error.
        types: how many there are of each event type.
        accounts: how many there are of each account.
        events: the event ids, each with the time of the failure in epoch seconds.
    """

    queue: str
    error: str
    types: Counter[str] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    events: dict[str, float] = field(default_factory=dict)


def dead(*, peek: int = 0, json: bool = False, where: Where = HERE) -> int:
    """Say what lies in each dead-letter queue, and why.

    The causes come from the inbox, without receiving a message. A message that no consumer ever claimed, or that is
    unreadable, is unknown to the inbox: --peek receives messages and puts them back at once.

    Args:
        peek: look at so many messages of each queue, and name those that the inbox does not explain.
        json: print the causes as JSON.
        where: the stack.
    """
    screen, now = Screen(), time.time()
    sqs = where.client("sqs")
    lying = {queue: _length(sqs, where.queue(queue)) for queue in (*QUEUES, "scheduler-dlq")}
    causes = causes_in(tables_of(where).unfinished())
    if json:
        told = [vars(one) | {"types": sorted(one.types), "accounts": sorted(one.accounts)} for one in causes]
        screen.json({"queues": lying, "causes": told})
        return 0
    for queue, what in QUEUES.items():
        own = [one for one in causes if one.queue == queue]
        _print(screen, queue, what, lying[queue], own, now)
        if peek and lying[queue]:
            known = {event for one in own for event in one.events}
            _peek(screen, where, queue, known, peek)
    late = lying["scheduler-dlq"]
    screen.title(f"scheduler-dlq: {counted(late, 'message')} that Scheduler could not deliver")
    if late:
        screen.say("  look: ./billhook resend --dry-run")
    return 0


def causes_in(unfinished: Iterator[Mapping[str, Any]]) -> list[Cause]:
    """The causes, the most frequent first."""
    found: dict[tuple[str, str], Cause] = {}
    for item in unfinished:
        for queue, error, failed_ms in deaths_of(item):
            cause = found.setdefault((queue, error), Cause(queue, error))
            cause.types[item["type"]] += 1
            cause.accounts[item["account"]] += 1
            cause.events[item["id"]] = failed_ms / 1000
    return sorted(found.values(), key=lambda one: (one.queue, -len(one.events), one.error))


def deaths_of(item: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """The queues in which an event has a dead letter, each with the error and the time in epoch milliseconds."""
    if item["state"] == "failed" and "outbox" not in item:
        yield "dlq.fifo", item["error"], item["failed_ms"]
    for lane in LANES:
        holder = item.get(f"{lane}_holder", {})
        if "failed_ms" in holder:
            outbox = load(item["outbox"])
            progress = progress_of(item, outbox)
            errors = {progress[place].error for place, _ in in_lane(outbox, lane) if progress[place].failed_ms}
            yield f"{lane}-dlq", next(iter(errors - {None}), item.get("error", "unknown")) or "", holder["failed_ms"]


def _length(sqs: Any, url: str) -> int:  # noqa: ANN401 - boto3's SQS client
    name = "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def _print(screen: Screen, queue: str, what: str, lying: int, causes: list[Cause], now: float) -> None:  # noqa: PLR0913, PLR0917 - a queue and its causes
    known = sum(len(one.events) for one in causes)
    screen.title(f"{queue}: {counted(lying, what.removesuffix('s'))} (approximate), the inbox knows of {known}")
    for one in causes[:SHOWN]:
        first, last = min(one.events.values()), max(one.events.values())
        screen.say(f"  {len(one.events)} x ", (one.error, "red"))
        screen.say(f"    {_most(one.types)}")
        screen.say(f"    {counted(len(one.accounts), 'account')}: {_most(one.accounts)}")
        times = f"first {moment(first)} UTC, {ago(first, now)}"
        screen.say(f"    {times}; last {ago(last, now)}" if last > first else f"    {times}")
        newest = max(one.events, key=one.events.__getitem__)
        screen.command(f"./billhook {'explain' if queue == 'dlq.fifo' else 'show'} {newest}")
        screen.command(f"./billhook redrive {queue} --cause '{one.error}'")
    if len(causes) > SHOWN:
        screen.say(f"  and {len(causes) - SHOWN} rarer causes; ./billhook dead --json has all")
    if causes:
        screen.say("  redrive a cause once it is mended and deployed; all events of a cause:")
        screen.command(f"./billhook events state:failed 'error:{causes[0].error}'")
    if lying < known:
        screen.say("  fewer lie there: SQS has yet to move them, a redrive runs, or somebody deleted them")
    if lying > known:
        screen.say(f"  {lying - known} that the inbox cannot explain: events that were replayed or redriven meanwhile,")
        screen.say("  or unreadable messages. A redrive of the whole queue does no harm: each event is handled once.")
        screen.say("  ./billhook dead --peek 100 looks at them")


def _most(counts: Counter[str]) -> str:
    """The most frequent names with their counts, and the number of the others."""
    named = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:EXAMPLES]
    shown = ", ".join(f"{name} ({times})" if len(counts) > 1 else name for name, times in named)
    return shown + (f" and {len(counts) - EXAMPLES} more" if len(counts) > EXAMPLES else "")


def _peek(screen: Screen, where: Where, queue: str, known: set[str], most: int) -> None:
    """Receive up to `most` messages, name those that the inbox does not explain, and put all back."""
    sqs, url, seen = where.client("sqs"), where.queue(queue), dict[str, Any]()
    try:
        while len(seen) < most:
            answer = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=PEEKED_FOR, AttributeNames=["All"]
            )
            new = {one["MessageId"]: one for one in answer.get("Messages", []) if one["MessageId"] not in seen}
            if not new:
                break
            seen |= new
    finally:
        for one in seen.values():
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"], VisibilityTimeout=0)
    held = {message_id: read(one["Body"]) for message_id, one in seen.items()}
    states = {one["id"]: one["state"] for one in tables_of(where).items({one for one, _ in held.values() if one})}
    kinds: dict[str, list[str]] = defaultdict(list)
    for message_id, (event_id, what) in held.items():
        if event_id not in known and f"message:{message_id}" not in known:
            told = f"{states[event_id]}: replayed or redriven meanwhile" if event_id in states else what
            kinds[told].append(event_id or message_id)
    for what, ids in kinds.items():
        screen.say(f"  {len(ids)} x {what}: {', '.join(ids[:EXAMPLES])}")
    screen.say((f"  looked at {counted(len(seen), 'message')}, and put them back", "dim"))


def read(body: str) -> tuple[str, str]:
    """The event's id in a message, and what the message is."""
    try:
        read = json_.loads(body)
        event_id, kind = str(read.get("id") or read["event"]), str(read.get("type", "a hand-over"))
    except (ValueError, KeyError, AttributeError):
        return "", "unreadable: no event of Stripe's and no message of Billhook's"
    return event_id, f"never claimed, {kind}"
