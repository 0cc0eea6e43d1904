"""The data of older versions, as `make corpus` wrote it, and helpers to give it to today's code."""

import base64
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from shared.inbox.outbox import load, progress_of
from tests.prove.runner import Arrival, Runner

HERE = Path(__file__).parent
VERSIONS = sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name[0].isdigit())


def corpus(name: str) -> list[Any]:
    """All entries of one file of every version, named by version and place."""
    found = [(version, json.loads((HERE / version / f"{name}.json").read_text())) for version in VERSIONS]
    return [
        pytest.param(entry, id=f"{version}-{_named(entry)}-{number}")
        for version, entries in found
        for number, entry in enumerate(entries)
    ]


def _named(entry: dict[str, Any]) -> str:
    if "record" in entry and "at" in entry:
        return str(json.loads(entry["record"]["body"])["type"])
    return "+".join(one["kind"] for one in entry["done"]) if "done" in entry else kind_of(entry)


def kind_of(item: dict[str, Any]) -> str:
    """The kind of an item of the books, by its sort key."""
    kind, divided, _ = item["sk"]["S"].partition("#")
    return str(kind + divided)


def bytes_again(item: dict[str, Any]) -> Any:  # noqa: ANN401 - a boto3 shape
    return {name: {"B": base64.b64decode(value["B"])} if "B" in value else value for name, value in item.items()}


def put(runner: Runner, table: str, *items: dict[str, Any]) -> None:
    for item in items:
        boto3.client("dynamodb").put_item(TableName=runner.moto_cloud.environ[table], Item=bytes_again(item))


def inbox(runner: Runner, event_id: str) -> dict[str, Any]:
    return runner.moto_cloud.snapshot().inbox[event_id,]


def deliver(runner: Runner, body: str, at: float) -> dict[str, Any]:
    """Deliver a message until it is acknowledged; return its inbox item."""
    event = json.loads(body)
    runner.run(Arrival(event["id"], event["type"], body, at))
    return inbox(runner, event["id"])


def came_of(item: dict[str, Any]) -> list[dict[str, str]]:
    """The kind and the outcome of each entry of an inbox item's outbox."""
    outbox = load(item["outbox"])
    progress = progress_of(item, outbox)
    return [{"kind": owed.kind, "outcome": str(progress[place].outcome)} for place, owed in enumerate(outbox)]


def in_short(done: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Kinds and outcomes, one word each: the number of erased items and older schedules may differ."""
    return [(entry["kind"], entry["outcome"].split()[0]) for entry in done]
