"""An engineer mends a cause and redrives its dead letter: the event completes, and nothing repeats."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import Stack, deployed
from cli.samples import samples
from infra.local_cloud.faults import Rule
from shared.inbox.lanes import Lane
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

pytestmark = pytest.mark.cloud

BUS_IS_DOWN: Rule = {"service": "events", "error": {"code": "ServiceUnavailable", "status": 503}}
MAIL_IS_FORBIDDEN: Rule = {"service": "sesv2", "error": {"code": "AccessDeniedException", "status": 403}}


@pytest.fixture(scope="module")
def broken() -> Iterator[Stack]:
    """A stack of this file's own: a service fails for hours, which pass."""
    with deployed(BUILT, ARCHITECTURE, SECRET, faulty=True, MailConnectedCustomers="true") as stack:
        yield stack


def until_dead_lettered(stack: Stack, event_id: str, lane: Lane) -> dict[str, Any]:
    """Let the waits of the retries pass; the inbox item once SQS has dead-lettered the lane's message, too."""
    before, deadline = stack.dead_letters(lane), time.monotonic() + 120
    waited_for, again_at = 0, 0.0
    while time.monotonic() < deadline:
        item = stack.inbox(event_id) or {}
        if item.get("state") == "failed" and stack.dead_letters(lane) > before:
            return item
        due = item.get(f"{lane}_holder", {}).get("not_before", 0)
        # Once for each attempt, since each says when the next is; and again if none comes: the message may have been
        # made invisible only after the clock was moved.
        if due and (due != waited_for or time.monotonic() > again_at):
            waited_for, again_at = due, time.monotonic() + 5
            stack.cloud.advance(max(0, int(due) - stack.now()) + 1)
        time.sleep(0.03)
    raise TimeoutError(f"{event_id} is not dead-lettered: {stack.inbox(event_id)}")


def redrive(stack: Stack, queue: str) -> None:
    """`aws sqs start-message-move-task --source-arn …`, and no more."""
    sqs: SQSClient = stack.cloud.client("sqs")
    dead_letters = stack.outputs[queue]
    arn = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.start_message_move_task(SourceArn=arn)


def done_after_all(stack: Stack, event_id: str) -> dict[str, Any]:
    """The inbox item once it is done; until the redrive is worked on it says `failed` still."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        item = stack.inbox(event_id) or {}
        if item.get("state") == "done":
            return item
        time.sleep(0.03)
    raise TimeoutError(f"{event_id} is not done: {stack.inbox(event_id)}")


def send(stack: Stack, name: str, account: str) -> dict[str, Any]:
    event = samples.fresh(name, stack.now(), account=account)
    assert stack.send(event).status == 200
    return event


def break_down(stack: Stack, *rules: Rule) -> None:
    """From now on; without rules, no more."""
    assert stack.cloud.faults is not None
    stack.cloud.faults.set(rules)


def outcomes(item: dict[str, Any]) -> list[str | None]:
    """What became of each effect, in the order of the outbox."""
    return [item["progress"][place].get("outcome") for place in sorted(item["progress"])]


def test_what_overtook_a_dead_mail_is_not_contradicted_when_it_is_redriven(broken: Stack, account: str) -> None:
    break_down(broken, MAIL_IS_FORBIDDEN)
    failed = send(broken, "invoice.payment_failed", account)
    dead = until_dead_lettered(broken, failed["id"], "mails")
    assert dead["error"].split()[-1] == "SendEmail"
    assert outcomes(dead) == ["set", "published", None]
    break_down(broken)

    paid = send(broken, "invoice.paid.recovered", account)
    assert paid["data"]["object"]["id"] == failed["data"]["object"]["id"]
    assert broken.settled(paid["id"])["state"] == "done"
    customer = paid["data"]["object"]["customer"]
    books, item = broken.organization(customer, account), broken.inbox(paid["id"])
    redrive(broken, "MailsDeadLetterQueueUrl")
    redriven = done_after_all(broken, failed["id"])

    assert outcomes(redriven) == ["set", "published", "overtaken"]
    assert [mail.subject for mail in broken.mails()] == ["Receipt for your payment of 29.00 USD"]
    assert broken.dead_letters("mails") == 0
    assert broken.reminders() != []
    assert broken.organization(customer, account) == books
    assert broken.inbox(paid["id"]) == item


def test_what_a_dead_letter_had_performed_is_not_performed_again(broken: Stack, account: str) -> None:
    break_down(broken, BUS_IS_DOWN)
    mailed = len(broken.mails())
    failed = send(broken, "invoice.payment_failed", account)
    dead = until_dead_lettered(broken, failed["id"], "effects")
    assert (outcomes(dead), dead["progress"]["1"]["attempts"]) == (["set", None, "sent"], 8)
    assert dead["error"].split()[-1] == "PutEvents"
    set_before_it_failed = broken.reminders()

    break_down(broken)
    redrive(broken, "EffectsDeadLetterQueueUrl")
    redriven = done_after_all(broken, failed["id"])

    assert outcomes(redriven) == ["set", "published", "sent"]
    assert broken.reminders() == set_before_it_failed
    assert [mail.subject for mail in broken.mails()[mailed:]] == ["Your payment of 29.00 USD did not go through"]
    assert broken.dead_letters("effects") == 0
