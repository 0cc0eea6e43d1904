"""Write tests/upgrade/<version>/, the data that this version leaves to the next: `make corpus`, once at each release.

- messages.json: a message for each handler, as the queue held it
- owed.json: events that are committed and not performed, with the inbox item, the books at that time, the messages
  handed over to the worker, and the outcomes
- books.json: an item of each kind in the books
"""

import base64
import io
import json
import tomllib
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.consumer.routes import ROUTES
from shared.inbox.outbox import Owed, OwedMail, load
from shared.values.times import DAY
from tests.consumer.examples import REGION, sqs_record
from tests.prove.moto_cloud import MotoCloud
from tests.prove.runner import Arrival, Runner
from tests.prove.scenarios import AT_STRIPE, BEFORE_LEAVING, ROUTED, SAMPLES
from tests.upgrade.corpus import came_of

HERE = Path(__file__).parent
CONNECTED = {"account": SAMPLES["account.updated"]["account"]}
STORIES = (
    [SAMPLES[name] for name in ROUTED],
    [SAMPLES[name] for name in (*BEFORE_LEAVING, "customer.subscription.deleted")],
    [SAMPLES["customer.created"] | CONNECTED],
)
"""All samples; a customer who leaves, since in the samples somebody stays; and a connected account's customer."""
HORIZON = 60 * DAY
"""In seconds. An erasure waits while money is open, and in the samples some stays open for ever."""

type Item = dict[str, Any]


def main() -> None:
    """Run the stories with all that follows, and write one example of each kind of stored data.

    Raises:
        FileExistsError: this version has a corpus, and none is ever rewritten.
    """
    version = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]["version"]
    folder = HERE / ".".join(version.split(".")[:2])
    folder.mkdir()
    seen = Seen()
    for story in STORIES:
        with pytest.MonkeyPatch.context() as patch, mock_aws(), redirect_stdout(io.StringIO()):
            patch.setenv("AWS_DEFAULT_REGION", REGION)
            runner = Runner(MotoCloud(), at_stripe=AT_STRIPE)
            runner.open(patch)
            Recorder(runner, seen).record(story)
    for name, kinds in vars(seen).items():
        text = json.dumps(list(kinds.values()), indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n")


@dataclass
class Seen:
    """One example of each kind, by the name of the kind."""

    messages: dict[str, Item] = field(default_factory=dict)
    owed: dict[str, Item] = field(default_factory=dict)
    books: dict[str, Item] = field(default_factory=dict)


@dataclass
class Recorder:
    """Reads the tables while a story runs."""

    runner: Runner
    seen: Seen

    def record(self, story: Sequence[Item]) -> None:
        """Run each sample, then each of Billhook's own messages as it comes due."""
        moto_cloud, clock = self.runner.moto_cloud, self.runner.clock
        for event in story:
            self._record(json.dumps(event, separators=(",", ":")), event["created"] + 5)
        until = clock.now + HORIZON
        while due := {name: own["created"] for name, own in moto_cloud.own().items() if own["created"] <= until}:
            name = min(due, key=due.__getitem__)
            self._record(moto_cloud.fire(name), max(due[name], clock.now) + 5)

    def _record(self, body: str, at: float) -> None:
        """Consume, and note what is owed; then perform, and note what was done."""
        event = json.loads(body)
        handler = ROUTES[event["type"]].__module__
        self.runner.consume(Arrival(body, handler, body, at))
        self.seen.messages.setdefault(handler, {"at": at, "record": sqs_record(body, event["id"])})
        item = self._inbox(event["id"])
        outbox = load(item.get("outbox", {"S": "[]"})["S"])
        handed_over = [{"queue": one.queue, "body": one.body} for one in self.runner.waiting]
        owed = {"at": at, "inbox": item, "books": self._around(outbox), "handed_over": handed_over}
        self.runner.work(at)
        owed["done"] = came_of(self.runner.moto_cloud.inbox(event["id"])) if outbox else []
        kinds = "+".join(sorted({entry.kind for entry in outbox}))
        if kinds and (kinds not in self.seen.owed or len(str(owed)) < len(str(self.seen.owed[kinds]))):
            self.seen.owed[kinds] = owed
        for found in self._books():
            kind = found["sk"]["S"].partition("#")[0] + "#" * ("#" in found["sk"]["S"])
            if len(str(found)) > len(str(self.seen.books.get(kind, ""))):
                self.seen.books[kind] = found

    def _around(self, outbox: tuple[Owed, ...]) -> list[Item]:
        """What performing `outbox` reads: of who gets mail the records and claims, of who leaves all."""
        leaving = [getattr(entry, entry.kind) for entry in outbox if entry.kind in {"export", "erase"}]
        whole = {f"{one.account}#{one.customer}" for one in leaving}
        mailed = {entry.partition for entry in outbox if isinstance(entry, OwedMail)}
        return [
            item
            for item in self._books()
            if item["pk"]["S"] in whole or (item["pk"]["S"] in mailed and "payload" not in item)
        ]

    def _books(self) -> list[Item]:
        environ, scan = self.runner.moto_cloud.environ, boto3.client("dynamodb").get_paginator("scan")
        tables = environ["BOOKS_TABLE"], environ["TOMBSTONES_TABLE"]
        pages = (page for table in tables for page in scan.paginate(TableName=table))
        return [_json(item) for page in pages for item in page["Items"]]

    def _inbox(self, event_id: str) -> Item:
        table = self.runner.moto_cloud.environ["INBOX_TABLE"]
        return _json(boto3.client("dynamodb").get_item(TableName=table, Key={"id": {"S": event_id}})["Item"])


def _json(item: Any) -> Item:  # noqa: ANN401 - a boto3 shape
    """An item as DynamoDB's own JSON, with bytes in base64."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else dict(value)
        for name, value in item.items()
    }


if __name__ == "__main__":
    main()
