"""All that the consumer acts on, on moto: what it holds can be looked at, kept, and put back as it was."""

import copy
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.s3.models import s3_backends
from moto.scheduler.models import scheduler_backends
from moto.ses.models import ses_backends

from shared import keys
from shared.tables.attributes import from_item
from tests.consumer.tables import make_table
from tests.consumer.test_settings import ENVIRON
from tests.consumer.world import REGION

if TYPE_CHECKING:
    from moto.dynamodb.models.dynamo_type import Item
    from moto.dynamodb.models.table import Table
    from moto.scheduler.models import Schedule
    from moto.ses.models import BulkTemplateMessage, Message, RawMessage, TemplateMessage

type Items = dict[tuple[str, ...], dict[str, Any]]

NAME = "billhook"
BUCKET = "exports"


@dataclass(frozen=True)
class Scene:
    """What the stage holds at one moment."""

    inbox: Items
    books: Items
    mails: Counter[str]
    announcements: Counter[str]
    schedules: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Kept:
    """The stage's innards at one moment, to be put back."""

    tables: dict[str, Any]
    mails: list[Any]
    announcements: list[str]
    schedules: dict[str, "Schedule"]
    files: dict[str, bytes]


@dataclass
class Stage:
    """Made within `mock_aws`; `environ` is what template.yaml would give the consumer.

    moto forgets what it is told on a bus, so whoever sees it pass notes it in `announced`.
    """

    announced: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        dynamodb = boto3.client("dynamodb")
        boto3.client("events").create_event_bus(Name=NAME)
        boto3.client("scheduler").create_schedule_group(Name=NAME)
        boto3.client("sesv2").create_email_identity(EmailIdentity="billing@example.com")
        self._s3 = boto3.client("s3")
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        secrets = boto3.client("secretsmanager")
        queue = boto3.client("sqs").create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})
        self.environ = ENVIRON | {
            "INBOX_TABLE": make_table(dynamodb, "InboxTable"),
            "BOOKS_TABLE": make_table(dynamodb, "BooksTable"),
            "QUEUE_URL": queue["QueueUrl"],
            "TOKEN_KEY_ID": secrets.create_secret(Name="token-key", SecretString="k" * 64)["ARN"],
            "STRIPE_KEY_ID": secrets.create_secret(Name="stripe-api-key", SecretString="none")["ARN"],
            "EXPORTS_BUCKET": BUCKET,
            "OPERATOR_ADDRESS": "ops@example.com",
            "MAIL_CONNECTED": "true",
        }
        self._ses = ses_backends[DEFAULT_ACCOUNT_ID][REGION]
        self._schedules = scheduler_backends[DEFAULT_ACCOUNT_ID][REGION].schedule_groups[NAME].schedules

    def look(self) -> Scene:
        """What is there to see."""
        return Scene(
            inbox=_items(self._table("INBOX_TABLE")),
            books=_items(self._table("BOOKS_TABLE")),
            mails=Counter(map(_plain, self._ses.sent_messages)),
            announcements=Counter(self.announced),
            schedules={name: schedule.to_dict() for name, schedule in self._schedules.items()},
            files=self._files(),
        )

    def keep(self) -> Kept:
        """All that it takes to come back to this moment."""
        return Kept(
            {name: copy.deepcopy(self._table(name).items) for name in ("INBOX_TABLE", "BOOKS_TABLE")},
            list(self._ses.sent_messages),
            list(self.announced),
            dict(self._schedules),
            self._files(),
        )

    def put_back(self, kept: Kept) -> None:
        """Be as it was when `kept` was kept."""
        for name, items in kept.tables.items():
            self._table(name).items = copy.deepcopy(items)
        self._ses.sent_messages[:] = kept.mails
        self.announced[:] = kept.announcements
        self._schedules.clear()
        self._schedules.update(kept.schedules)
        for key in self._files().keys() - kept.files.keys():
            self._s3.delete_object(Bucket=BUCKET, Key=key)
        for key, body in kept.files.items():
            self._s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def schedules(self) -> dict[str, dict[str, Any]]:
        """What each schedule will send, by its name."""
        return {name: json.loads(schedule.target["Input"]) for name, schedule in self._schedules.items()}

    def due(self) -> dict[str, float]:
        """When each schedule fires, in epoch seconds, by its name."""
        return {
            name: datetime.strptime(f"{schedule.schedule_expression} UTC", "at(%Y-%m-%dT%H:%M:%S) %Z")
            .replace(tzinfo=UTC)
            .timestamp()
            for name, schedule in self._schedules.items()
        }

    def inbox(self, event_id: str) -> dict[str, Any]:
        """What the inbox says of an event; empty if it has never heard of it."""
        return _item(self._table("INBOX_TABLE").get_item(DynamoType({"S": event_id})))

    def claim_of(self, partition: str, key: str) -> dict[str, Any]:
        """What the books say of a mail; empty if nobody has claimed its key, or it was erased."""
        place = DynamoType({"S": partition}), DynamoType({"S": keys.mail(key)})
        return _item(self._table("BOOKS_TABLE").get_item(*place))

    def fire(self, name: str) -> str:
        """The message that a schedule sends when it comes due; it is gone then, as `ActionAfterCompletion` asks."""
        message: str = self._schedules.pop(name).target["Input"]
        return message

    def _table(self, name: str) -> "Table":
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[self.environ[name]]

    def _files(self) -> dict[str, bytes]:
        return {key: file.value for key, file in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET].keys.items()}


def _item(item: "Item | None") -> dict[str, Any]:
    return from_item(item.to_json()["Attributes"]) if item else {}


def _items(table: "Table") -> Items:
    found = map(_item, table.all_items())
    names = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    return {tuple(item[key] for key in names): item for item in found}


def _plain(mail: "Message | RawMessage | TemplateMessage | BulkTemplateMessage") -> str:
    return json.dumps({name: value for name, value in vars(mail).items() if name != "id"}, sort_keys=True)
