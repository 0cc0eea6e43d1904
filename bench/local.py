"""Events a second on the local cloud: messages of one account, then of five, until the queue is empty."""

import secrets
import shutil
import time
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.packages import BASELINES, HOME
from infra import samples
from infra.local_cloud.cloud import LocalCloud
from infra.stack import deploy

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

EVENTS = 150
PATIENCE = 300
"""Seconds."""


def local_rates(built: Path, arch: str) -> dict[tuple[str, int], float]:
    """Events a second of each stack, by how many groups they are in; each on a cloud of its own."""
    found: dict[tuple[str, int], float] = {}
    for name in ("billhook", "tutorial"):
        with LocalCloud.start() as cloud:
            queue = _billhook(cloud, built, arch) if name == "billhook" else _tutorial(cloud)
            _drain(cloud, queue, 5, 10)  # every environment is warm from here on
            for groups in (1, 5):
                found[name, groups] = _drain(cloud, queue, groups, EVENTS)
    return found


def _billhook(cloud: LocalCloud, built: Path, arch: str) -> str:
    stack = deploy(cloud, built / "template.yaml", arch, "whsec_benchmark", MailConnectedCustomers="true")
    return stack.outputs["EventsQueueUrl"]


def _tutorial(cloud: LocalCloud) -> str:
    template = Path(shutil.copy(BASELINES / "tutorial-template.yaml", HOME))
    cloud.deploy(template, "tutorial")
    cloud.client("sesv2").create_email_identity(EmailIdentity="billing@example.com")
    return cloud.outputs("tutorial")["EventsQueueUrl"]


def _drain(cloud: LocalCloud, queue: str, groups: int, events: int) -> float:
    """Events a second, from the first message sent to the last one deleted.

    Raises:
        TimeoutError: the queue is not empty in time.
    """
    sqs: SQSClient = cloud.client("sqs")
    accounts = [f"acct_{secrets.token_hex(8)}" for _ in range(groups)]
    entries = [_entry(number, accounts[number % groups]) for number in range(events)]
    mails, began = len(cloud.mails()), time.monotonic()
    for some in batched(entries, 10, strict=False):
        sqs.send_message_batch(QueueUrl=queue, Entries=list(some))
    while _waiting(sqs, queue):
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError(f"{queue} is not empty after {PATIENCE} s")
        time.sleep(0.1)
    taken = time.monotonic() - began
    told = len(cloud.mails()) - mails
    if told != events:
        raise RuntimeError(f"{events} events brought {told} mails")
    return events / taken


def _entry(number: int, account: str) -> Any:  # noqa: ANN401 - a boto3 shape
    event = samples.fresh("invoice.payment_failed", int(time.time()), account=account)
    body = samples.encode(samples.renamed(event, f"x{number}")).decode()
    return {
        "Id": str(number),
        "MessageBody": body,
        "MessageGroupId": account,
        "MessageDeduplicationId": event["id"],
    }


def _waiting(sqs: "SQSClient", queue: str) -> int:
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return sum(int(number) for name, number in found.items() if name.startswith("ApproximateNumberOf"))
