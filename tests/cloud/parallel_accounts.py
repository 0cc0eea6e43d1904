"""Accounts with the same story at the same time: sends their events, and repeats them until the queues are empty."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any

from cli.local.stack import Stack
from cli.samples import samples

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

SENDERS = 6
SENT_AT_MOST = 30
"""How often an event is sent at most while ingest answers 503: Stripe gives up after days, a test after minutes."""
STORY = (
    ("customer.created", "a"),
    ("customer.subscription.created", "a"),
    ("invoice.payment_failed", "a"),
    ("invoice.paid.recovered", "a"),
    ("payout.failed", "a"),
    ("customer.subscription.created", "b"),
    ("customer.subscription.deleted", "b"),
    ("customer.subscription.deleted", "a"),
)
"""Samples, each with one of the account's two customers; both get a farewell with an export."""
PARTING = ("customer.deleted", "b")
"""The last event, after everything else: it erases one customer and the export, two hours later."""
FOLLOWS = 3700
"""Seconds after which Billhook's own messages, the farewells and the erasure, have come due."""
UNCONFIRMED = {"EraseUnconfirmedAfterHours": "1"}
"""The parameter of a stack on which these accounts live: nobody answers whether the customer is deleted at Stripe."""
QUEUES = ("EventsQueueUrl", "EffectsQueueUrl", "MailsQueueUrl")
FIRST_STEP, LAST_STEP = 61, 2 * 3600
"""Seconds that pass when every message left waits for a later time; each step doubles while nothing changes."""


@dataclass
class Account:
    """A Stripe account and the answers to its events; `mark` is part of all its ids and addresses."""

    mark: str
    poisoned: bool = False
    began: int = 0
    accepted: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    told: int = 0

    @property
    def id(self) -> str:
        """As Stripe has it."""
        return f"acct_{self.mark}"

    def story(self, at: int) -> Iterator[dict[str, Any]]:
        """Its events, a second apart from `at` on: the story, an event without a handler, and perhaps poison."""
        for number, (name, customer) in enumerate(STORY):
            yield self.event(number, name, customer, at + number)
        other = samples.fresh("payout.created", at, f"evt_{self.mark}ignored", self.id)
        yield other | {"type": "price.created"}
        if self.poisoned:
            broken = {"type": "invoice.payment_failed", "data": {"object": {"object": "invoice", "id": 1}}}
            yield other | broken | {"id": f"evt_{self.mark}poison"}
            yield other | {"type": "price.updated", "id": f"evt_{self.mark}behind"}

    def event(self, number: int, name: str, customer: str, at: int) -> dict[str, Any]:
        """A sample as this account's, about one of its customers."""
        event = samples.fresh(name, at, f"evt_{self.mark}{number}", self.id)
        text = json.dumps(samples.renamed(event, self.mark + customer))
        made: dict[str, Any] = json.loads(re.sub(r"[\w.]+@example\.com", f"{self.mark}{customer}@example.com", text))
        return made


def live(stack: Stack, accounts: Sequence[Account], *, late: float = 0) -> None:
    """Send all events, each account's in order, and return once all their effects are performed.

    Args:
        stack: the deployed stack.
        accounts: the senders; several send at the same time.
        late: real seconds after which no abandoned call can still arrive.
    """
    at = stack.now() - 60
    for account in accounts:
        account.began = at
    _send_all(stack, accounts, [list(account.story(at)) for account in accounts])
    drain(stack)
    time.sleep(late)
    stack.cloud.advance(FOLLOWS)
    drain(stack)
    time.sleep(late)
    name, customer = PARTING
    last = [[account.event(len(STORY), name, customer, at + FOLLOWS)] for account in accounts]
    _send_all(stack, accounts, last)
    drain(stack)
    time.sleep(late)
    for _ in ("the question to Stripe, which nobody answers", "the erasure"):
        stack.cloud.advance(FOLLOWS)
        drain(stack)
        time.sleep(late)
    drain(stack)


def _send_all(stack: Stack, accounts: Sequence[Account], events: Sequence[Sequence[dict[str, Any]]]) -> None:
    """Send each account's events in their order, several accounts' at once."""
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(_send, repeat(stack), accounts, events))


def _send(stack: Stack, account: Account, events: Sequence[dict[str, Any]]) -> None:
    for event in events:
        account.told += 1
        for _ in range(SENT_AT_MOST):
            status = stack.post(event).status
            account.answers[status] += 1
            if status == 200:
                account.accepted.append(event["id"])
                break


def drain(stack: Stack, seconds: float = 300) -> None:
    """Return once the queues are empty; let time pass whenever every message left waits.

    Raises:
        TimeoutError: the queues are not empty after `seconds`.
    """
    step, before, deadline = FIRST_STEP, 0, time.monotonic() + seconds
    while left := waiting_in(stack):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left} messages are still in the queues")
        if is_idle(stack):
            step = FIRST_STEP if left != before else min(2 * step, LAST_STEP)
            before = left
            stack.cloud.advance(step)


def waiting_in(stack: Stack) -> int:
    """How many messages the three queues hold, visible or not."""
    sqs: SQSClient = stack.cloud.client("sqs")
    queues = (
        sqs.get_queue_attributes(QueueUrl=stack.outputs[name], AttributeNames=["All"])["Attributes"] for name in QUEUES
    )
    return sum(
        int(number) for queue in queues for name, number in queue.items() if name.startswith("ApproximateNumberOf")
    )


def is_idle(stack: Stack) -> bool:
    """Whether no function has run for a moment. Time must not pass while one runs: its lease would lapse."""
    for _ in range(4):
        if stack.cloud.running():
            time.sleep(0.05)
            return False
        time.sleep(0.1)
    return True
