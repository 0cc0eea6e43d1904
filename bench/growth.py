"""Measure on DynamoDB Local whether an event costs more with a fuller inbox and more accounts."""

import json
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from bench import material
from bench.packages import Packages
from bench.processes import Lambda, Running, running
from bench.stand_in import StandIn
from cli.samples import samples
from shared.inbox.lanes import LANES
from shared.tables.attributes import to_item
from tests.consumer.dynamodb_local import find_jar
from tests.consumer.dynamodb_local import running as dynamodb_running
from tests.consumer.tables import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SMALL, LARGE = 1_000, 100_000
ACCOUNTS = 200
EVENTS = 120


@dataclass(frozen=True)
class Growth:
    """The median milliseconds of an event, for a number of events in the inbox and of accounts."""

    inbox: int
    accounts: int
    wall: float
    cpu: float


def growth(packages: Packages, aws: StandIn, folder: Path) -> list[Growth]:
    """Measure three states of the tables; returns nothing if DynamoDB Local is not installed."""
    jar = find_jar()
    if jar is None:
        return []
    with dynamodb_running(jar) as url:
        client = boto3.client(
            "dynamodb",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="x",  # noqa: S106 - any key will do
        )
        tables = make_tables(client)
        inbox = tables[0]
        with _functions(packages, aws, folder, url, tables) as functions:
            _measured(functions, 1, "warm", EVENTS)
            _fill(client, inbox, 0, SMALL)
            first = _measured(functions, 1, "one", EVENTS)
            many = _measured(functions, ACCOUNTS, "many", ACCOUNTS)
            _fill(client, inbox, SMALL, LARGE)
            last = _measured(functions, 1, "full", EVENTS)
    return [Growth(SMALL, 1, *first), Growth(SMALL, ACCOUNTS, *many), Growth(LARGE, 1, *last)]


@contextmanager
def _functions(
    packages: Packages, aws: StandIn, folder: Path, url: str, tables: tuple[str, ...]
) -> Iterator[tuple[Running, Running]]:
    """The consumer and the effects worker, in running processes."""
    names = zip(("INBOX_TABLE", "BOOKS_TABLE", "TOMBSTONES_TABLE", "ACCESS_TABLE"), tables, strict=True)
    environment = {"AWS_ENDPOINT_URL_DYNAMODB": url, **dict(names)}
    consumer = Lambda(packages.consumer, "functions.consumer.app", environment)
    effects = Lambda(packages.effects, "functions.effects.app", environment)
    with running(consumer, aws, folder) as one, running(effects, aws, folder) as other:
        yield one, other


def _measured(functions: tuple[Running, Running], accounts: int, suffix: str, events: int) -> tuple[float, float]:
    """The median wall and CPU milliseconds of an event and its effects; each event has a new customer."""
    consumer, effects = functions
    walls, cpus = [], []
    for number in range(events):
        account = f"acct_{suffix}{number % accounts:04d}"
        event = samples.fresh("invoice.payment_failed", int(time.time()), account=account)
        body = samples.encode(samples.renamed(event, f"{suffix}{number}"))
        told = [consumer.ask(material.sqs_batch(body))]
        told += [effects.ask(material.owed_batch(lane, event["id"])) for lane in LANES]
        if any(one.answer != {"batchItemFailures": []} for one in told):
            raise RuntimeError("an event was given back")
        walls.append(sum(one.wall for one in told) * 1000)
        cpus.append(sum(one.ended - one.started for one in told) * 1000)
    return statistics.median(walls), statistics.median(cpus)


def _fill(client: "DynamoDBClient", inbox: str, start: int, end: int) -> None:
    """Fill the inbox with finished events."""
    item = {
        "state": "done",
        "message_id": "5fea7756-0ea4-451a-a703-a558b933e274",
        "attempts": 1,
        "token": "5fea77560ea4451aa703a558b933e274",
        "lease_until": 0,
        "type": "invoice.paid",
        "account": "platform",
        "expires_at": int(time.time()) + material.MONTH,
        "outbox": json.dumps([{"kind": "email", "v": 1, "outcome": "sent", "partition": "p", "key": "k"}]),
    }

    def put(numbers: tuple[int, ...]) -> None:
        requests = [{"PutRequest": {"Item": to_item(item | {"id": f"evt_{number:024d}"})}} for number in numbers]
        client.batch_write_item(RequestItems={inbox: requests})  # type: ignore[dict-item] # literals

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, batched(range(start, end), 25, strict=False)))
