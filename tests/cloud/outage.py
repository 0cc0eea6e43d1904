"""Amazon SES takes no mail for a while, and customers live on: what was told when, and what was mailed at last."""

import json
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

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

AFTERWARDS = 3700
"""Seconds after the last act in which a farewell has come due."""


class SesFailure(StrEnum):
    """How Amazon SES refuses a mail."""

    RATE = "Maximum sending rate exceeded"
    QUOTA = "Daily message quota exceeded"
    PAUSED = "sending paused"
    SILENT = "silent"


def _refusal(code: str, status: int, message: str) -> Rule:
    return {"service": "ses", "error": {"code": code, "status": status, "message": message}}


RULES: Mapping[SesFailure, Rule] = {
    SesFailure.RATE: _refusal("TooManyRequestsException", 429, "Maximum sending rate exceeded."),
    SesFailure.QUOTA: _refusal("TooManyRequestsException", 429, "Daily message quota exceeded."),
    SesFailure.PAUSED: _refusal("SendingPausedException", 400, "Email sending is paused for your account."),
    SesFailure.SILENT: {"service": "ses", "timeout_ms": 10_500},
}
"""The words are Amazon's: https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html."""

WELCOME, RECEIPT = "Welcome to Saltmarsh Software", "Receipt for your payment of 29.00 USD"
CHANGED, ENDED = "Your subscription has changed", "Your subscription has ended"
FAILED = "Your payment of 29.00 USD did not go through"
STARTED = (("customer.created", False), ("customer.subscription.created", True))
BOUGHT = (*STARTED, ("invoice.paid", True), ("customer.subscription.updated.plan_change", True))


@dataclass(frozen=True)
class CustomerStory:
    """Samples in their order, each with whether it leaves the customer access; and the mails that hold at the end."""

    steps: tuple[tuple[str, bool], ...]
    mails: tuple[str, ...]
    overtaken: tuple[str, ...] = ()
    """The types of events whose mails do not hold any more by then."""


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
"""A customer who has left is not welcomed any more, and one who has paid is not reminded of the failure."""


@dataclass
class Customer:
    """One customer of an account, who begins to live in a step of the outage; `mark` is in all ids and the address."""

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
        """The mailbox of this customer alone."""
        return f"{self.mark}@example.com"

    def event(self, name: str, at: int) -> dict[str, Any]:
        """A sample as this customer's."""
        text = json.dumps(samples.renamed(samples.fresh(name, at, account=self.account), self.mark))
        made: dict[str, Any] = json.loads(re.sub(r"[\w.]+@example\.com", self.address, text))
        return made


@dataclass
class Outage:
    """What has happened to the customers so far; times are in seconds.

    Attributes:
        decided: how long after the queue had an event it was committed, by event.
        wrong: where the books did not say at once what an event has told.
        most_owed: how many events owed mails at the same time.
        refused: how often Amazon SES was asked in vain, by failure.
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
            self.stack.cloud.advance(seconds)

    def end(self) -> None:
        """Amazon SES is back: return once everything that was owed has come, farewells included."""
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
        """What should have been sent: once, what still holds."""
        return {customer.address: Counter(customer.story.mails) for customer in self.customers}

    def unsent(self) -> set[str]:
        """What became of the mails that were not sent, by customer and event."""
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
        """What should have become of them: the mails of `STORIES` that do not hold any more."""
        return {
            f"{customer.mark} {name}: overtaken" for customer in self.customers for name in customer.story.overtaken
        }

    def announced(self, queue: str) -> list[float]:
        """How long after the queue had an event each of its announcements was on the bus; those of schedules apart."""
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
        """Return once nothing but mails is owed, and no function runs: time must not pass in one."""
        deadline = time.monotonic() + 120
        while (owing := [item for item in self.stack.all_inbox() if "effects_owed" in item]) or not is_idle(self.stack):
            if time.monotonic() > deadline:
                raise TimeoutError(f"owed still: {owing}")
            time.sleep(0.1)
        owed = sum("mails_owed" in item for item in self.stack.all_inbox())
        self.most_owed = max(self.most_owed, owed)


def percentile(figures: Iterable[float], part: float) -> float:
    """The value that so large a part of the figures does not exceed."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
