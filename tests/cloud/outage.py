"""Customers go on while Amazon SES takes no mail: when their events were decided, and which mails were sent."""

import json
import math
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cli.local.stack import Stack
from cli.samples import samples
from infra.local_cloud.faults import Rule
from shared.inbox.outbox import OwedMail, load, progress_of
from shared.records.organization import Organization
from tests.cloud.parallel_accounts import drain, is_idle
from tests.cloud.stopped import stopped_worker

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

AFTERWARDS = 3700
"""Seconds after the last event, by which a farewell has come due."""
TO_TRY = 15
"""Seconds in which the worker tries each mail that is due; on a busy machine mails that come again leave no pause."""


class SesFailure(StrEnum):
    """How Amazon SES refuses a mail."""

    RATE = "Maximum sending rate exceeded"
    QUOTA = "Daily message quota exceeded"
    PAUSED = "sending paused"
    SILENT = "silent"


def _refusal(code: str, status: int, message: str) -> Rule:
    return {"service": "sesv2", "error": {"code": code, "status": status, "message": message}}


RULES: Mapping[SesFailure, Rule] = {
    SesFailure.RATE: _refusal("TooManyRequestsException", 429, "Maximum sending rate exceeded."),
    SesFailure.QUOTA: _refusal("TooManyRequestsException", 429, "Daily message quota exceeded."),
    SesFailure.PAUSED: _refusal("SendingPausedException", 400, "Email sending is paused for your account."),
    SesFailure.SILENT: {"service": "sesv2", "timeout_ms": 10_500},
}
"""The words are Amazon's: https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html."""

WELCOME, RECEIPT = "Welcome to Saltmarsh Software", "Receipt for your payment of 29.00 USD"
CHANGED, ENDED = "Your subscription has changed", "Your subscription has ended"
FAILED = "Your payment of 29.00 USD did not go through"
STARTED = (("customer.created", False), ("customer.subscription.created", True))
BOUGHT = (*STARTED, ("invoice.paid", True), ("customer.subscription.updated.plan_change", True))


@dataclass(frozen=True)
class CustomerStory:
    """Samples in their order, each with the access that it leaves the customer, and the mails that hold at the end."""

    steps: tuple[tuple[str, bool], ...]
    mails: tuple[str, ...]
    overtaken: tuple[str, ...] = ()
    """The types of the events whose mails no longer hold at the end."""


STORIES: Mapping[str, CustomerStory] = {
    "stays": CustomerStory(BOUGHT, (WELCOME, RECEIPT, CHANGED)),
    "leaves": CustomerStory(
        (*BOUGHT, ("customer.subscription.deleted", False)),
        (RECEIPT, CHANGED, ENDED),
        ("customer.subscription.created",),
    ),
    "recovers": CustomerStory(
        (*STARTED, ("invoice.payment_failed", True), ("invoice.paid.recovered", True)),
        (WELCOME, RECEIPT),
        ("invoice.payment_failed",),
    ),
    "fails": CustomerStory((*STARTED, ("invoice.payment_failed", True)), (WELCOME, FAILED)),
}
"""A customer who has left gets no welcome, and a customer who has paid gets no mail about the failure."""


@dataclass
class Customer:
    """A customer of an account, who begins at a step of the outage; `mark` is part of all ids and the address."""

    mark: str
    account: str
    story: CustomerStory
    begins: int
    done: int = 0

    @property
    def id(self) -> str:
        """As Stripe has it."""
        return str(self.event(self.story.steps[-1][0], 0)["data"]["object"]["customer"])

    @property
    def address(self) -> str:
        """The customer's own mailbox."""
        return f"{self.mark}@example.com"

    def event(self, name: str, at: int) -> dict[str, Any]:
        """A sample as this customer's."""
        text = json.dumps(samples.renamed(samples.fresh(name, at, account=self.account), self.mark))
        made: dict[str, Any] = json.loads(re.sub(r"[\w.]+@example\.com", self.address, text))
        return made


@dataclass
class Outage:
    """The course of the outage so far; times are in seconds.

    Attributes:
        decided: the time from the queue to the commit, by event.
        wrong: the events after which the books were not up to date at once.
        most_owed: how many events owed mails at the same time.
        refused: how often Amazon SES refused a mail, by failure.
    """

    stack: Stack
    customers: tuple[Customer, ...]
    decided: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    most_owed: int = 0
    refused: Counter[SesFailure] = field(default_factory=Counter)

    def run(self, failures: Iterable[SesFailure], seconds: float, every: int) -> None:
        """Let a step of so many `seconds` pass for each of the `failures`; a customer acts `every` so many steps."""
        for step, failure in enumerate(failures):
            self.stack.cloud.faults.set([RULES[failure]])
            for customer in self.customers:
                steps = customer.story.steps
                if step >= customer.begins and (step - customer.begins) % every == 0 and customer.done < len(steps):
                    self._send(customer, *steps[customer.done])
                    customer.done += 1
            self._settle()
            self.refused[failure] += sum(self.stack.cloud.faults.made())
            with stopped_worker(self.stack):
                self.stack.cloud.advance(seconds)

    def end(self) -> None:
        """Let Amazon SES take mails again, and return once nothing is owed, farewells included."""
        self.stack.cloud.faults.set([])
        self.stack.cloud.advance(AFTERWARDS)
        drain(self.stack, seconds=900)

    def sent(self) -> dict[str, Counter[str]]:
        """How often each mail was sent, by address."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for mail in self.stack.mails():
            found[mail.to[0]][mail.subject] += 1
        return found

    def expected(self) -> dict[str, Counter[str]]:
        """The mails that should have been sent: each that still holds, once."""
        return {customer.address: Counter(customer.story.mails) for customer in self.customers}

    def unsent(self) -> set[str]:
        """The outcomes of the mails that were not sent, with customer and event."""
        found = set()
        for item in self.stack.all_inbox():
            outbox = load(item.get("outbox", "[]"))
            progress = progress_of(item, outbox)
            for place, owed in enumerate(outbox):
                if isinstance(owed, OwedMail) and progress[place].outcome != "sent":
                    (whose,) = (one.mark for one in self.customers if owed.partition.endswith(one.mark))
                    found.add(f"{whose} {item['type']}: {progress[place].outcome}")
        return found

    def overtaken(self) -> set[str]:
        """The outcomes that those mails should have: the mails of `STORIES` that no longer hold."""
        return {
            f"{customer.mark} {name}: overtaken" for customer in self.customers for name in customer.story.overtaken
        }

    def announced(self, queue: str) -> list[float]:
        """The seconds from the queue to the bus, for each announcement."""
        sqs: SQSClient = self.stack.cloud.client("sqs")
        received = {item["id"]: item["received_ms"] for item in self.stack.all_inbox()}
        took: list[float] = []
        while messages := sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, MessageSystemAttributeNames=["SentTimestamp"]
        ).get("Messages"):
            for message in messages:
                event_id = json.loads(message["Body"])["detail"]["id"].partition(":")[0]
                took.append((int(message["Attributes"]["SentTimestamp"]) - received[event_id]) / 1000)
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return took

    def _send(self, customer: Customer, name: str, access: bool) -> None:  # noqa: FBT001 - as the acts have it
        event = customer.event(name, self.stack.now())
        answer = self.stack.send(event)
        assert answer.status == 200, answer
        item = self._decided(event["id"])
        self.decided[event["id"]] = (item.get("committed_ms") or item["done_ms"]) / 1000 - item["received_ms"] / 1000
        record = self.stack.organization(customer.id, customer.account)
        if record is None or Organization.model_validate(record).access is not access:
            self.wrong.append(f"{customer.mark}: after {name} access is not {access}: {record}")

    def _decided(self, event_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            item = self.stack.inbox(event_id)
            if item and {"committed_ms", "done_ms"} & item.keys():
                return item
            time.sleep(0.03)
        raise TimeoutError(f"{event_id} is not decided: {self.stack.inbox(event_id)}")

    def _settle(self) -> None:
        """Return once only mails are owed, and the worker has had the time to try them."""
        deadline = time.monotonic() + 120
        while owing := [item for item in self.stack.all_inbox() if "effects_owed" in item]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"owed still: {owing}")
            time.sleep(0.1)
        tried = time.monotonic() + TO_TRY
        while not is_idle(self.stack) and time.monotonic() < tried:
            time.sleep(0.1)
        owed = sum("mails_owed" in item for item in self.stack.all_inbox())
        self.most_owed = max(self.most_owed, owed)


def percentile(figures: Iterable[float], part: float) -> float:
    """The smallest figure that this part of the figures, from 0 to 1, does not exceed: the nearest rank."""
    ordered = sorted(figures)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]
