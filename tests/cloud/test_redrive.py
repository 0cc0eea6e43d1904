"""A dead letter whose cause was mended is redriven as an engineer would do it, and completes; nothing repeats."""

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from infra import samples
from infra.local_cloud.faults import Rule
from infra.stack import Stack, deployed
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

pytestmark = pytest.mark.cloud

HOUR = 3600
MAIL_IS_DOWN: Rule = {"service": "ses", "error": {"code": "ServiceUnavailable", "status": 503}}


@pytest.fixture(scope="module")
def broken() -> Iterator[Stack]:
    """A stack of this file's own: the mail service fails for hours, which pass."""
    with deployed(BUILT, ARCHITECTURE, SECRET, faulty=True, MailConnectedCustomers="true") as stack:
        yield stack


def until_dead_lettered(stack: Stack, event_id: str) -> dict[str, Any]:
    """Let the waits of the retries pass; the inbox item once SQS has dead-lettered the message, too."""
    before, deadline = stack.dead_letters(), time.monotonic() + 60
    waited_for, wait, again_at = None, 0, 0.0
    while time.monotonic() < deadline:
        item = stack.inbox(event_id) or {}
        if item.get("state") == "failed" and stack.dead_letters() > before:
            return item
        due = item.get("next_at")
        # Once for each attempt, since each says when the next is; and again if none comes: the message may have been
        # made invisible only after the clock was moved.
        if due is not None and (due != waited_for or time.monotonic() > again_at):
            wait = max(0, int(due) - stack.now()) + 1 if due != waited_for else wait
            waited_for, again_at = due, time.monotonic() + 5
            stack.cloud.advance(wait)
        time.sleep(0.03)
    raise TimeoutError(f"{event_id} is not dead-lettered: {stack.inbox(event_id)}")


def redrive(stack: Stack) -> None:
    """`aws sqs start-message-move-task --source-arn …`, and no more."""
    sqs: SQSClient = stack.cloud.client("sqs")
    dead_letters = stack.outputs["DeadLetterQueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.start_message_move_task(SourceArn=arn)


def done_after_all(stack: Stack, event_id: str) -> dict[str, Any]:
    """The inbox item once it is done; until the redrive is consumed it says `failed` still."""
    deadline = time.monotonic() + 20
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


def without_mail(stack: Stack, *rules: Rule) -> None:
    """From now on, or no more."""
    assert stack.cloud.faults is not None
    stack.cloud.faults.set(rules)


def test_what_overtook_a_dead_letter_is_not_undone_when_it_is_redriven(broken: Stack, account: str) -> None:
    without_mail(broken, MAIL_IS_DOWN)
    failed = send(broken, "invoice.payment_failed", account)
    dead = until_dead_lettered(broken, failed["id"])
    assert (dead["attempts"], dead["error"].split()[-1]) == (8, "SendEmail")
    without_mail(broken)

    paid = send(broken, "invoice.paid.recovered", account)
    assert paid["data"]["object"]["id"] == failed["data"]["object"]["id"]
    assert broken.settled(paid["id"])["state"] == "done"
    customer = paid["data"]["object"]["customer"]
    books, item = broken.organization(customer, account), broken.inbox(paid["id"])
    redrive(broken)
    redriven = done_after_all(broken, failed["id"])

    assert '"outcome":"overtaken"' in redriven["outbox"]
    assert [mail.subject for mail in broken.mails()] == ["Receipt for your payment of 29.00 USD"]
    assert redriven["message_id"] != dead["message_id"]
    assert broken.dead_letters() == 0
    assert broken.reminders() != []
    assert broken.organization(customer, account) == books
    assert broken.inbox(paid["id"]) == item


def test_what_a_dead_letter_had_performed_is_not_performed_again(broken: Stack, account: str) -> None:
    s3: S3Client = broken.cloud.client("s3")
    bucket = broken.outputs["ExportsBucketName"]
    known = send(broken, "customer.created", account)  # with an address for the farewell
    assert broken.settled(known["id"])["state"] == "done"
    ended = send(broken, "customer.subscription.deleted", account)
    assert broken.settled(ended["id"])["state"] == "done"
    without_mail(broken, MAIL_IS_DOWN)
    broken.cloud.advance(HOUR + 60)
    farewell = farewell_of(broken, account)
    dead = until_dead_lettered(broken, farewell)
    assert (dead["attempts"], dead["error"].split()[-1]) == (8, "SendEmail")
    set_before_it_failed, mailed = broken.reminders(), len(broken.mails())
    written_before_it_failed = s3.list_objects_v2(Bucket=bucket)["Contents"]

    without_mail(broken)
    redrive(broken)
    redriven = done_after_all(broken, farewell)

    assert [owed.get("outcome") for owed in json.loads(dead["outbox"])] == ["set", "written", None]
    assert [owed["outcome"] for owed in json.loads(redriven["outbox"])] == ["set", "written", "sent"]
    assert broken.reminders() == set_before_it_failed != []
    assert s3.list_objects_v2(Bucket=bucket)["Contents"] == written_before_it_failed
    assert [mail.subject for mail in broken.mails()[mailed:]] == ["Your subscription has ended"]


def farewell_of(stack: Stack, account: str) -> str:
    """The id of the message that the clock has sent."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for item in stack.all_inbox():
            if (item["type"], item["account"]) == ("farewell.due", account):
                return str(item["id"])
        time.sleep(0.03)
    raise TimeoutError(f"no farewell has come; waiting are {stack.reminders()}")
