"""`billhook status`: the state of a stack in ten lines, each with the command that tells more."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import in_words
from cli.see.dead import QUEUES, causes_in
from cli.see.inbox import tables_of
from cli.see.screen import Screen, counted, lasting
from cli.where import HERE, Where
from shared.inbox.unfinished import SINCE

UNMEASURED = {"AWS/SQS", "AWS/ApiGateway"}
"""The namespaces of CloudWatch whose metrics the local cloud does not have, so that their alarms never go on there."""
NUMBERS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


def status(*, json: bool = False, where: Where = HERE) -> int:
    """Show the state of the stack in ten lines.

    The exit code is 0 if nothing needs a person: no alarm is on, and every dead-letter queue is empty.

    Args:
        json: print the figures as JSON.
        where: the stack.
    """
    screen, now = Screen(), time.time()
    sqs = where.client("sqs")
    waiting = {name: _numbers(sqs, where.queue(name)) for name in ("events.fifo", "effects", "mails")}
    lying = {name: sum(_numbers(sqs, where.queue(name))) for name in (*QUEUES, "scheduler-dlq")}
    unfinished = list(tables_of(where).unfinished())
    known = _or_why(lambda: _alarms(where))
    alarms = known if isinstance(known, str) else _on(known, where)
    mappings = _or_why(lambda: _mappings(where))
    if json:
        figures = {"waiting": waiting, "dead": lying, "unfinished": len(unfinished), "alarms": alarms}
        screen.json(figures | {"mappings": mappings})
        return _verdict(alarms, lying)
    screen.say(
        (where.name, "bold"),
        f" in {where.client('sqs').meta.region_name}",
        *([] if where.stack else [", the local cloud"]),
    )
    said = alarms if isinstance(alarms, str) else ", ".join(alarms)
    _line(screen, "alarms", said or ("" if known else "the stack has none"), _quiet(known, where), "red")
    off = [name for name, on in mappings.items() if on != "Enabled"] if isinstance(mappings, dict) else mappings
    _line(screen, "stopped", ", ".join(off) if isinstance(off, list) else off, "no trigger is stopped", "red")
    for name, (visible, flying, delayed) in waiting.items():
        _line(screen, name.removesuffix(".fifo"), _queue(visible, flying, delayed), "nothing waits", "")
    for kind, items in _kinds(unfinished).items():
        oldest = (
            f"{len(items)}, the oldest for {lasting(now - min(one[SINCE] for one in items) / 1000)}" if items else ""
        )
        _line(screen, kind, oldest, "none", "yellow")
    causes = causes_in(iter(unfinished))
    dead = ", ".join(f"{count} in {name}" for name, count in lying.items() if count)
    _line(screen, "dead", dead and f"{dead}; {counted(len(causes), 'cause')}: ./billhook dead", "no dead letter", "red")
    return _verdict(alarms, lying)


def _verdict(alarms: list[str] | str, lying: Mapping[str, int]) -> int:
    return 1 if (alarms and isinstance(alarms, list)) or any(lying.values()) else 0


def _kinds(unfinished: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The unfinished events: retried, owing an effect, or given up."""
    return {
        "retried": [one for one in unfinished if one["state"] == "claimed"],
        "owing": [one for one in unfinished if one["state"] == "committed"],
        "failed": [one for one in unfinished if one["state"] == "failed"],
    }


def _line(screen: Screen, name: str, value: str, otherwise: str, style: str) -> None:
    screen.say(f"  {name:<9} ", (value, style) if value else (otherwise, "green"))


def _queue(visible: int, flying: int, delayed: int) -> str:
    parts = [f"{visible} wait" if visible else "", f"{flying} under way" if flying else ""]
    return ", ".join(one for one in (*parts, f"{delayed} delayed" if delayed else "") if one)


def _numbers(sqs: Any, url: str) -> tuple[int, int, int]:  # noqa: ANN401 - boto3's SQS client
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(NUMBERS))["Attributes"]
    visible, flying, delayed = (int(found.get(name, 0)) for name in NUMBERS)
    return visible, flying, delayed


def _or_why[Found](ask: Callable[[], Found]) -> Found | str:
    """The answer, or why there is none: one service that does not answer hides no other figure."""
    try:
        return ask()
    except (ClientError, BotoCoreError) as error:
        return f"unknown: {in_words(error)}"


def _alarms(where: Where) -> list[dict[str, Any]]:
    pages = where.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{where.name}-")
    return [one for page in pages for one in page["MetricAlarms"]]


def _on(alarms: list[dict[str, Any]], where: Where) -> list[str]:
    return [one["AlarmName"].removeprefix(f"{where.name}-") for one in alarms if one["StateValue"] == "ALARM"]


def _quiet(known: list[dict[str, Any]] | str, where: Where) -> str:
    """The words for a stack whose alarms are all off. On the local cloud they count those that never go on."""
    never = sum(isinstance(one, dict) and one.get("Namespace") in UNMEASURED for one in known)
    if where.stack or not never:
        return "none is on"
    return f"none is on; {never} of {len(known)} never go on here: no queue is measured"


def _mappings(where: Where) -> dict[str, str]:
    """The state of each trigger, by the queue that it reads."""
    queues = ("events.fifo", "effects", "mails")
    sqs, functions = where.client("sqs"), where.client("lambda")
    found: dict[str, str] = {}
    for name in queues:
        asked = {"QueueUrl": where.queue(name), "AttributeNames": ["QueueArn"]}
        arn = sqs.get_queue_attributes(**asked)["Attributes"]["QueueArn"]
        for one in functions.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]:
            found[name] = one["State"]
    return found
