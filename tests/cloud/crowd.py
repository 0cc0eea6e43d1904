"""Accounts that live through the same story at once: their events are sent, and sent again, until all is at rest."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra import samples
from infra.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

SENDERS = 6
SENT_AT_MOST = 30
"""How often an event is sent that is answered 503: Stripe gives up after days, a test after minutes."""
STORY = (
    ("customer.created", "a"),
    ("customer.subscription.created", "a"),
    ("invoice.payment_failed", "a"),
    ("invoice.paid.recovered", "a"),
    ("payout.failed", "a"),
    ("customer.created", "b"),
    ("customer.deleted", "b"),
    ("customer.subscription.deleted", "a"),
)
"""Samples, and which of the account's two customers they are about; one is told farewell, and one is erased."""
FOLLOWS = 3700
"""Seconds after which the messages that Billhook sends itself have come due: erasure, and farewell with an export."""
FIRST_STEP, LAST_STEP = 61, 2 * 3600
"""Seconds that are let pass when all that is left waits for a later time; more, the longer nothing changes."""


@dataclass
class Account:
    """A Stripe account, `mark` being in all of its ids and addresses; and what was answered to its events."""

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
        """Its events, a second apart from `at` on: the story, one that nobody handles, and perhaps poison."""
        for number, (name, customer) in enumerate(STORY):
            event = samples.fresh(name, at + number, f"evt_{self.mark}{number}", self.id)
            text = json.dumps(samples.renamed(event, self.mark + customer))
            yield json.loads(re.sub(r"[\w.]+@example\.com", f"{self.mark}{customer}@example.com", text))
        other = samples.fresh("payout.created", at, f"evt_{self.mark}ignored", self.id)
        yield other | {"type": "price.created"}
        if self.poisoned:
            broken = {"type": "invoice.payment_failed", "data": {"object": {"object": "invoice", "id": 1}}}
            yield other | broken | {"id": f"evt_{self.mark}poison"}
            yield other | {"type": "price.updated", "id": f"evt_{self.mark}behind"}


def live(stack: Stack, accounts: Sequence[Account], *, late: float = 0) -> None:
    """Send all events, each account's in order, and return once everything that comes of them has come.

    Args:
        stack: where.
        accounts: who; several send at once.
        late: real seconds after which no call that its caller gave up can still arrive.
    """
    at = stack.now() - 60
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(lambda account: _send(stack, account, at), accounts))
    drain(stack)
    time.sleep(late)
    stack.cloud.advance(FOLLOWS)
    drain(stack)
    time.sleep(late)
    drain(stack)


def _send(stack: Stack, account: Account, at: int) -> None:
    account.began = at
    for event in account.story(at):
        account.told += 1
        for _ in range(SENT_AT_MOST):
            status = stack.post(event).status
            account.answers[status] += 1
            if status == 200:
                account.accepted.append(event["id"])
                break


def drain(stack: Stack, seconds: float = 300) -> None:
    """Return once the queue is empty; whenever all that is left waits, let time pass.

    Raises:
        TimeoutError: it is not empty after so many seconds.
    """
    step, before, deadline = FIRST_STEP, 0, time.monotonic() + seconds
    sqs: SQSClient = stack.cloud.client("sqs")
    while left := _waiting(sqs, stack.outputs["EventsQueueUrl"]):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left} messages are still in the queue")
        if _is_idle(stack):
            step = FIRST_STEP if left != before else min(2 * step, LAST_STEP)
            before = left
            stack.cloud.advance(step)


def _waiting(sqs: "SQSClient", queue: str) -> int:
    """How many messages the queue holds, visible or not."""
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return sum(int(number) for name, number in found.items() if name.startswith("ApproximateNumberOf"))


def _is_idle(stack: Stack) -> bool:
    """Whether no function has run for a moment. Time must not pass in one: it would lose its lease for no reason."""
    for _ in range(4):
        if stack.cloud.running():
            time.sleep(0.05)
            return False
        time.sleep(0.1)
    return True
