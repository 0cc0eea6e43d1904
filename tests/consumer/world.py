"""A consumer and an effects worker with all around them in a test's hands: tables, queues, clock, faults, services."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from functions.consumer.commit.claim import claim_message
from functions.consumer.commit.claims import Claimed
from functions.consumer.consume import Outcome, consume
from functions.consumer.dependencies import Dependencies
from functions.consumer.message import Message, read_message
from functions.consumer.prefetch.prefetch import Prefetch
from functions.consumer.verify import Verifier
from functions.effects.lane.attempt import Attempt, Result
from functions.effects.lane.lease import Leased, lease
from functions.effects.message import LaneMessage
from functions.effects.perform.perform import perform
from functions.effects.worker import Performers, Worker
from shared.decisions.decision import Decision
from shared.inbox.handover import Handover
from shared.inbox.lanes import LANES, Lane
from shared.inbox.outbox import load as load_outbox
from shared.inbox.outbox import owing, progress_of
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.stripe_objects.event import Event, read_event
from shared.tables.attributes import from_item, to_item
from shared.tables.books import DynamoBooks
from shared.tables.store import Store
from tests.consumer.examples import (
    KEYS,
    LEASE,
    NOW,
    PARTITION,
    sqs_record,
    stripe_event,
    tell_and_remind,
    token,
)
from tests.consumer.fake_services import FakeServices, Queues

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.consumer.faults import Faults


@dataclass
class Clock:
    """Epoch seconds, which pass only when a test says so."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    store: Store
    faults: "Faults"
    clock: Clock
    services: FakeServices = field(default_factory=FakeServices)
    queues: Queues = field(default_factory=Queues)
    decide: Callable[[Event, Books], Decision] = tell_and_remind
    ignore: str | None = None
    policy: Policy | None = None
    """The business's choices; by default it mails customers of connected accounts."""
    received: Counter[str] = field(default_factory=Counter)
    """How often each message was handed out."""
    slept: list[float] = field(default_factory=list)

    @classmethod
    def on(cls, client: "DynamoDBClient", tables: tuple[str, str, str, str], faults: "Faults") -> Self:
        """A world on the tables of `make_tables`."""
        clock = Clock()
        store = Store(client, *tables, retention_days=90, lease=LEASE, clock=clock, token=token)
        return cls(store, faults, clock)

    @property
    def performers(self) -> Performers:
        does = self.services
        return Performers(
            does.send_mail,
            does.set_reminder,
            does.publish,
            does.export,
            does.erase,
            does.observe,
            does.count,
            does.link,
        )

    @property
    def handover(self) -> Handover:
        urls: dict[Lane, str] = {lane: f"url of {lane}" for lane in LANES}
        return Handover(self.queues, urls)  # type: ignore[arg-type] # it only sends

    @property
    def worker(self) -> Worker:
        """Waits as long as a back-off allows, so that its limits can be told."""
        books = DynamoBooks(self.store, self.policy or Policy(mail_connected=True))
        return Worker(self.store, books, self.performers, self.handover, lambda _least, most: most)

    @property
    def consumer(self) -> Dependencies:
        """Waits as long as a back-off allows, so that its limits can be told."""
        books = DynamoBooks(self.store, self.policy or Policy())
        return Dependencies(
            self.store,
            Verifier(KEYS, self.store),
            books,
            Prefetch(self.store, books),
            self.handover,
            self.decide,
            lambda _message: self.ignore,
            jitter=lambda _least, most: most,
            sleep=self.slept.append,
        )

    def message(self, message_id: str = "message-1", event_id: str = "evt_1", **changes: object) -> Message:
        return read_message(sqs_record(stripe_event(event_id, **changes), message_id))

    def consume(self, message_id: str = "message-1", event_id: str = "evt_1", **changes: object) -> Outcome:
        self.received[message_id] += 1
        record = sqs_record(stripe_event(event_id, **changes), message_id, self.received[message_id])
        return consume(self.consumer, read_message(record))

    def owed_message(self, lane: Lane, event_id: str = "evt_1", message_id: str = "", sent: float = NOW) -> LaneMessage:
        """A message of the worker's, sent at epoch seconds `sent`."""
        ms = int(sent * 1000)
        return LaneMessage(event_id, lane, message_id or f"{lane} of {event_id}", "receipt", ms, ms)

    def lease(self, lane: Lane, event_id: str = "evt_1") -> Leased:
        """A lease that must succeed."""
        leased = lease(self.store, self.owed_message(lane, event_id))
        assert isinstance(leased, Leased), leased
        return leased

    def work(self, lane: Lane, event_id: str = "evt_1", sent: float = NOW) -> Result:
        """One attempt at a lane, which must be free."""
        leased = lease(self.store, self.owed_message(lane, event_id, sent=sent))
        assert isinstance(leased, Leased), leased
        return perform(Attempt(self.worker, leased, int(sent * 1000), self.clock.now + 45))

    def work_all(self) -> list[Result]:
        """The worker takes every message that was handed over, in order, but for lanes that owe nothing more."""
        results = []
        while self.queues.sent:
            lane, event_id, _ = self.queues.sent.pop(0)
            if lane in owing(self.inbox(event_id)):
                results.append(self.work(lane, event_id, sent=self.clock.now))
        return results

    def outcomes(self, event_id: str = "evt_1") -> list[str | None]:
        """What became of each entry of an event's outbox, in its order."""
        item = self.inbox(event_id)
        outbox = load_outbox(item["outbox"])
        return [progress_of(item, outbox)[place].outcome for place in range(len(outbox))]

    def redelivers(self, message_id: str = "message-1") -> None:
        """SQS has handed the message out before, to somebody who did not get to it."""
        self.received[message_id] += 1

    def claim(self, message_id: str = "message-1", event_id: str = "evt_1") -> Claimed:
        """A claim that must succeed."""
        claimed = claim_message(self.store, self.message(message_id, event_id=event_id), None)
        assert isinstance(claimed, Claimed), claimed
        return claimed

    def event(self, event_id: str = "evt_1", **changes: object) -> Event:
        return read_event(json.dumps(stripe_event(event_id, **changes)))

    def inbox(self, event_id: str = "evt_1") -> dict[str, Any]:
        """What the inbox says of an event; empty if it has never heard of it."""
        key = to_item({"id": event_id})
        return from_item(self.store.client.get_item(TableName=self.store.inbox, Key=key).get("Item", {}))

    def write_inbox(self, values: Mapping[str, object], event_id: str = "evt_1") -> None:
        self.store.client.put_item(TableName=self.store.inbox, Item=to_item({**self.inbox(event_id), **values}))

    def write_book(self, partition: str, sort_key: str, values: Mapping[str, object]) -> None:
        item = {"pk": partition, "sk": sort_key, **values}
        self.store.client.put_item(TableName=self.store.books, Item=to_item(item))

    def books(self, partition: str = PARTITION) -> dict[str, dict[str, Any]]:
        """All that lies in a partition of the books, by sort key."""
        found = self.store.client.query(
            TableName=self.store.books,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_item({":pk": partition}),
        )["Items"]
        return {item["sk"]: item for item in map(from_item, found)}

    def access(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All items of the table `access`, by partition and sort key."""
        found = self.store.client.scan(TableName=self.store.access)["Items"]
        return {(item["pk"], item["sk"]): item for item in map(from_item, found)}

    def erase(self, sort_key: str) -> None:
        self.store.client.delete_item(TableName=self.store.books, Key=to_item({"pk": PARTITION, "sk": sort_key}))
