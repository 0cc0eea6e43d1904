"""Fills the tables and queues of a stack as after a bad night: finished events, and dead letters of five causes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from typing import TYPE_CHECKING, Any

from cli.samples import samples
from functions.consumer.commit.claim import claim_by_commit
from functions.consumer.commit.claims import New
from functions.consumer.commit.commit import archive_writes
from functions.consumer.decide.decide import decide
from functions.consumer.message import read_message
from shared.decisions.journal import Journal, read_journal
from shared.messages.mac import signed_attributes
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.stripe_objects.event import read_event
from shared.tables.attributes import to_item
from shared.values.platform import PLATFORM
from shared.values.times import HOUR
from tests.consumer.examples import sqs_record
from tests.consumer.faults import Faults
from tests.consumer.world import World
from tests.drill.causes import CAUSES, Cause, take

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

STORY = ("customer.created", "customer.subscription.created", "invoice.paid", "invoice.payment_failed")
"""What happens to each customer, an hour apart."""
SPREAD = 30 * HOUR
"""Seconds over which the finished events came."""
BAD_NIGHT = 10 * HOUR
"""Seconds ago when the first event died; the last one died five hours later."""
BATCH = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""


@dataclass
class Seed:
    """A stack to fill. `key` signs the messages, `now` is in epoch seconds."""

    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    stack: str
    key: str
    now: float
    world: World = field(init=False)

    def __post_init__(self) -> None:
        inbox, books, tombstones, access = (
            f"{self.stack}-{name}" for name in ("inbox", "books", "tombstones", "access")
        )
        self.world = World.on(self.dynamodb, (inbox, books, tombstones, access), Faults(self.dynamodb, lambda _: None))
        self.world.policy = Policy(plans=read_plans(), mail_connected=True)

    def fill(self, events: int, dead: int) -> dict[str, int]:
        """Write everything; returns the number of dead letters of each cause, by its name."""
        model = [self._handle(name, "model", self.now - SPREAD + HOUR * place) for place, name in enumerate(STORY)]
        self.world.work_all()
        self._copy(model, events - len(model) - dead)
        counts = {cause.name: round(dead * cause.share) for cause in CAUSES}
        for cause in CAUSES:
            for number in range(counts[cause.name]):
                self._die(cause, number, self.now - BAD_NIGHT * (1 - number / counts[cause.name] / 2))
        return counts

    def _handle(self, name: str, suffix: str, at: float, account: str = PLATFORM) -> dict[str, Any]:
        """The consumer handles a sample for real."""
        event = event_of(name, suffix, at, account)
        self.world.clock.now = at + 5
        self.world.decide = decide
        take(self.world, samples.encode(event).decode(), event["id"], at + 3)
        return event

    def _copy(self, model: list[dict[str, Any]], count: int) -> None:
        """Write copies of handled events, each about another customer, straight into the tables."""
        journals = [self._journal(one) for one in model]

        def write(numbers: tuple[int, ...]) -> None:
            puts = (put for number in numbers for put in self._puts(number, count, journals))
            for some in batched(puts, BATCH, strict=False):
                asked: dict[str, Any] = {}
                for put in some:
                    asked.setdefault(put["TableName"], []).append({"PutRequest": {"Item": put["Item"]}})
                self.dynamodb.batch_write_item(RequestItems=asked)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, batched(range(count), 100, strict=False)))

    def _journal(self, event: dict[str, Any]) -> Journal | None:
        read = read_event(samples.encode(event).decode())
        found = self.world.books(f"{read.account}#{read.subject}")
        return next((read_journal(item) for sk, item in found.items() if f"#{read.id}#" in sk), None)

    def _puts(self, number: int, count: int, journals: list[Journal | None]) -> Iterator[dict[str, Any]]:
        """The puts of one finished event: its inbox item, and its payload with the journal."""
        customer, place = divmod(number, len(STORY))
        suffix, account = f"c{customer}", account_of(customer)
        at = self.now - SPREAD * (1 - number / count)
        event = event_of(STORY[place], suffix, at, account)
        body = samples.encode(event).decode()
        claim = claim_by_commit(self._store(at + 5), read_message(sqs_record(body, event["id"])), {})
        assert isinstance(claim, New)
        ms = {"received_ms": int((at + 3) * 1000), "done_ms": int((at + 5.2) * 1000)}
        yield {"TableName": self.world.store.inbox, "Item": to_item({**claim.item, "state": "done", **ms})}
        journal = journals[place]
        if journal:
            told = journal.model_dump_json().replace("model", suffix).replace(f"{PLATFORM}#", f"{account}#")
            journal = Journal.model_validate_json(told)
        for write in archive_writes(self._store(at + 5), read_event(body), body, journal):
            yield write["Put"]

    def _store(self, at: float) -> Any:  # noqa: ANN401 - the store's dataclass
        return type(self.world.store)(**{**vars(self.world.store), "clock": lambda: at})

    def _die(self, cause: Cause, number: int, at: float) -> None:
        """One event dies of a cause, for real; its message lies in the dead-letter queue."""
        account = account_of(number)
        event = cause.spoilt(event_of(cause.event, f"d{number}{cause.name[:3]}", at, account))
        body = samples.encode(event).decode()
        self.world.clock.now = at + 5
        cause.kill(self.world, body, event["id"])
        attributes = signed_attributes(self.key.encode(), body, {}) if cause.queue == "dlq.fifo" else {}
        self.sqs.send_message(
            QueueUrl=self.sqs.get_queue_url(QueueName=f"{self.stack}-{cause.queue}")["QueueUrl"],
            MessageBody=body if cause.queue == "dlq.fifo" else f'{{"event": "{event["id"]}"}}',
            MessageGroupId=account,
            **({"MessageDeduplicationId": event["id"], "MessageAttributes": attributes} if attributes else {}),
        )


def event_of(name: str, suffix: str, at: float, account: str) -> dict[str, Any]:
    """A sample about a customer of its own, created at epoch seconds `at`."""
    event = samples.renamed(samples.fresh(name, int(at)), suffix)
    return {**event, "account": None if account == PLATFORM else account}


def account_of(number: int) -> str:
    """The account of a customer: three of four are the platform's own."""
    return PLATFORM if number % 4 else f"acct_1Drill{number // 4 % 9}"
