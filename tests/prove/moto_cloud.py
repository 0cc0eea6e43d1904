"""Everything that consumer and worker act on, on moto: a test can look at its contents, save and restore them."""

import copy
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.s3.models import s3_backends
from moto.scheduler.models import scheduler_backends
from moto.ses.models import ses_backends

from shared.tables.attributes import from_item
from shared.values import keys
from tests.consumer.examples import MESSAGE_KEY, REGION
from tests.consumer.tables import make_tables
from tests.prove.moto_settings import BUCKET, ENVIRON, NAME

if TYPE_CHECKING:
    from moto.dynamodb.models.dynamo_type import Item
    from moto.dynamodb.models.table import Table
    from moto.scheduler.models import Schedule
    from moto.ses.models import BulkTemplateMessage, Message, RawMessage, TemplateMessage

type Items = dict[tuple[str, ...], dict[str, Any]]
type Queue = Literal["events", "effects", "mails"]

QUEUES: tuple[Queue, ...] = ("events", "effects", "mails")
"""The queue of events is a FIFO queue; those of the two lanes are standard queues."""
TABLES = ("INBOX_TABLE", "BOOKS_TABLE", "TOMBSTONES_TABLE", "ACCESS_TABLE")


@dataclass(frozen=True)
class Sent:
    """A message that SQS has accepted."""

    queue: Queue
    body: str

    @property
    def event(self) -> dict[str, Any]:
        """The body, read as an event of Stripe's shape."""
        event: dict[str, Any] = json.loads(self.body)
        return event


@dataclass(frozen=True)
class Snapshot:
    """The visible contents of the cloud at one moment."""

    inbox: Items
    books: Items
    tombstones: Items
    access: Items
    mails: Counter[str]
    announcements: Counter[str]
    schedules: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, bytes]
    observations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The observations that the worker has queued, by event id."""


@dataclass(frozen=True)
class Checkpoint:
    """The internal state of the cloud at one moment, for `restore`."""

    tables: dict[str, Any]
    mails: list[Any]
    announcements: list[str]
    queued: list[Sent]
    schedules: dict[str, "Schedule"]
    files: dict[str, bytes]


@dataclass
class MotoCloud:
    """A cloud on moto, created within `mock_aws`.

    moto drops the entries of a bus, and its queues follow the machine's clock. So `Wire` notes both as they pass:
    announcements in `announced`, messages in `queued`. `environ` holds the environment that template.yaml gives the
    consumer and the worker.
    """

    announced: list[str] = field(default_factory=list)
    queued: list[Sent] = field(default_factory=list)
    environ: dict[str, str] = field(init=False)
    queues: dict[str, Queue] = field(init=False)
    """The name of each queue, by its URL."""

    def __post_init__(self) -> None:
        dynamodb = boto3.client("dynamodb")
        boto3.client("events").create_event_bus(Name=NAME)
        boto3.client("scheduler").create_schedule_group(Name=NAME)
        boto3.client("sesv2").create_email_identity(EmailIdentity="billing@example.com")
        self._s3 = boto3.client("s3")
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        secrets = boto3.client("secretsmanager")
        events, effects, mails = (_create_queue(queue) for queue in QUEUES)
        self.queues = {events: "events", effects: "effects", mails: "mails"}
        self.environ = ENVIRON | {
            **dict(zip(TABLES, make_tables(dynamodb), strict=True)),
            "QUEUE_URL": events,
            "EFFECTS_QUEUE_URL": effects,
            "MAILS_QUEUE_URL": mails,
            "TOKEN_KEY_ID": secrets.create_secret(Name="token-key", SecretString="k" * 64)["ARN"],
            "MESSAGE_KEY_ID": secrets.create_secret(Name="message-key", SecretString=MESSAGE_KEY)["ARN"],
            "STRIPE_KEY_ID": secrets.create_secret(Name="stripe-api-key", SecretString="rk_live_of_nobody")["ARN"],
        }
        self._ses = ses_backends[DEFAULT_ACCOUNT_ID][REGION]
        self._schedules = scheduler_backends[DEFAULT_ACCOUNT_ID][REGION].schedule_groups[NAME].schedules

    def snapshot(self) -> Snapshot:
        """The visible contents now."""
        return Snapshot(
            inbox={key: item for key, item in _items(self._table("INBOX_TABLE")).items() if "received_ms" in item},
            books=_items(self._table("BOOKS_TABLE")),
            tombstones=_items(self._table("TOMBSTONES_TABLE")),
            access=_items(self._table("ACCESS_TABLE")),
            mails=Counter(map(_plain, self._ses.sent_messages)),
            announcements=Counter(self.announced),
            schedules={name: schedule.to_dict() for name, schedule in self._schedules.items()},
            files=self._files(),
            observations={sent.event["id"]: sent.event for sent in self.queued if sent.queue == "events"},
        )

    @property
    def mails(self) -> int:
        """How many mails SES has accepted."""
        return len(self._ses.sent_messages)

    def checkpoint(self) -> Checkpoint:
        """The internal state now, for `restore`."""
        return Checkpoint(
            {name: copy.deepcopy(self._table(name).items) for name in TABLES},
            list(self._ses.sent_messages),
            list(self.announced),
            list(self.queued),
            dict(self._schedules),
            self._files(),
        )

    def restore(self, kept: Checkpoint) -> None:
        """Return to the state that `kept` holds."""
        for name, items in kept.tables.items():
            self._table(name).items = copy.deepcopy(items)
        self._ses.sent_messages[:] = kept.mails
        self.announced[:] = kept.announcements
        self.queued[:] = kept.queued
        self._schedules.clear()
        self._schedules.update(kept.schedules)
        for key in self._files().keys() - kept.files.keys():
            self._s3.delete_object(Bucket=BUCKET, Key=key)
        for key, body in kept.files.items():
            self._s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def schedules(self) -> dict[str, dict[str, Any]]:
        """The message that each schedule will send, by the schedule's name."""
        return {name: json.loads(schedule.target["Input"]) for name, schedule in self._schedules.items()}

    def own(self) -> dict[str, dict[str, Any]]:
        """Billhook's own messages to come, by event id: those of schedules, and observations."""
        return self.schedules() | {sent.event["id"]: sent.event for sent in self.queued if sent.queue == "events"}

    def due(self) -> dict[str, float]:
        """When each of Billhook's own messages comes, in epoch seconds by event id; 0 if it is queued already."""
        due = {
            name: datetime.strptime(f"{schedule.schedule_expression} UTC", "at(%Y-%m-%dT%H:%M:%S) %Z")
            .replace(tzinfo=UTC)
            .timestamp()
            for name, schedule in self._schedules.items()
        }
        return due | {sent.event["id"]: 0 for sent in self.queued if sent.queue == "events"}

    def handed_over(self) -> list[Sent]:
        """Remove and return the messages of both lanes that SQS accepted since the last call, oldest first."""
        new = [sent for sent in self.queued if sent.queue != "events"]
        self.queued[:] = [sent for sent in self.queued if sent.queue == "events"]
        return new

    def inbox(self, event_id: str) -> dict[str, Any]:
        """The inbox item of an event; empty if there is none."""
        return _item(self._table("INBOX_TABLE").get_item(DynamoType({"S": event_id})))

    def claim_of(self, partition: str, key: str) -> dict[str, Any]:
        """The claim of a mail in the books; empty if its key is not claimed, or was erased."""
        place = DynamoType({"S": partition}), DynamoType({"S": keys.mail(key)})
        return _item(self._table("BOOKS_TABLE").get_item(*place))

    def fire(self, name: str) -> str:
        """Remove one of Billhook's own messages, and return its body; `ActionAfterCompletion` deletes its schedule."""
        if name in self._schedules:
            message: str = self._schedules.pop(name).target["Input"]
            return message
        observation = next(sent for sent in self.queued if sent.queue == "events" and sent.event["id"] == name)
        # SQS drops a repetition: it has the same deduplication id.
        self.queued[:] = [sent for sent in self.queued if sent.queue != "events" or sent.event["id"] != name]
        return observation.body

    def _table(self, name: str) -> "Table":
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[self.environ[name]]

    def _files(self) -> dict[str, bytes]:
        return {key: file.value for key, file in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET].keys.items()}


def _create_queue(name: Queue) -> str:
    sqs = boto3.client("sqs")
    if name == "events":
        return sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    return sqs.create_queue(QueueName=name)["QueueUrl"]


def _item(item: "Item | None") -> dict[str, Any]:
    return from_item(item.to_json()["Attributes"]) if item else {}


def _items(table: "Table") -> Items:
    found = map(_item, table.all_items())
    names = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    return {tuple(item[key] for key in names): item for item in found}


def _plain(mail: "Message | RawMessage | TemplateMessage | BulkTemplateMessage") -> str:
    return json.dumps({name: value for name, value in vars(mail).items() if name != "id"}, sort_keys=True)
