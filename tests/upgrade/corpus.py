"""What an older version left, as its own `make corpus` wrote it down; and how the code of today is given it."""

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
    """What an item of the books is, as its sort key says."""
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
    """The inbox item once the message is acknowledged."""
    event = json.loads(body)
    runner.run(Arrival(event["id"], event["type"], body, at))
    return inbox(runner, event["id"])


def came_of(item: dict[str, Any]) -> list[dict[str, str]]:
    """The kind of each entry of an inbox item's outbox, and what became of it."""
    outbox = load(item["outbox"])
    progress = progress_of(item, outbox)
    return [{"kind": owed.kind, "outcome": str(progress[place].outcome)} for place, owed in enumerate(outbox)]


def in_short(done: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Kinds and outcomes, in a word each: how much was erased may differ, and whether a schedule was there before."""
    return [(entry["kind"], entry["outcome"].split()[0]) for entry in done]
