"""Measure on the local cloud: events a second of one and of five accounts, and the time from the POST on."""

import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.packages import BASELINES, HOME
from bench.reads import page_waits, read_waits
from cli.local.stack import Stack, deploy
from cli.samples import samples
from cli.samples.wrap import LOCAL_KEY
from infra.local_cloud.cloud import LocalCloud
from shared.messages.mac import signed_attributes

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

EVENTS = 150
GROUPS = (1, 5)
PATIENCE = 300
"""How long to wait for an empty queue, in seconds."""
POSTS, PAUSE = 200, 0.25
"""The number of posted events, and the seconds between them."""


@dataclass(frozen=True)
class Local:
    """The results of the local cloud.

    Args:
        rates: events a second by subject and number of groups.
        waits: by stage, the milliseconds of each event from the POST to that stage.
        reads: the milliseconds of each read of access.
        pages: the milliseconds of each success page, from the POST of its event to its answer.
    """

    rates: dict[tuple[str, int], float]
    waits: dict[str, list[float]]
    reads: list[float]
    pages: list[float]


def measured(built: Path, arch: str) -> Local:
    """Measure both stacks, each on its own cloud."""
    with LocalCloud.start() as cloud:
        stack = deploy(cloud, built / "template.yaml", arch, "whsec_benchmark", MailConnectedCustomers="true")
        line, *lanes = (stack.outputs[f"{name}QueueUrl"] for name in ("Events", "Effects", "Mails"))
        _drain(cloud, line, lanes, 5, 10)  # every environment is warm from here on
        waits, reads, pages = _waits(stack), read_waits(stack), page_waits(stack)
        ours = {groups: _drain(cloud, line, lanes, groups, EVENTS) for groups in GROUPS}
    with LocalCloud.start() as cloud:
        queue = _tutorial(cloud)
        _drain(cloud, queue, [], 5, 10)
        theirs = {groups: _drain(cloud, queue, [], groups, EVENTS) for groups in GROUPS}
    rates = {("billhook, committed", groups): rate for groups, (rate, _) in ours.items()}
    rates |= {("billhook, performed", groups): rate for groups, (_, rate) in ours.items()}
    rates |= {("tutorial", groups): rate for groups, (rate, _) in theirs.items()}
    return Local(rates, waits, reads, pages)


def _waits(stack: Stack) -> dict[str, list[float]]:
    """The milliseconds of each event from the POST to each stage, without other load."""
    posted: dict[str, float] = {}
    waits: dict[str, list[float]] = {"answered": [], "committed": [], "effects performed": [], "mail sent": []}
    for number in range(POSTS):
        event = samples.renamed(samples.fresh("invoice.payment_failed", stack.now()), f"w{number}")
        posted[event["id"]] = began = time.time()
        stack.send(event)
        waits["answered"].append((time.time() - began) * 1000)
        time.sleep(PAUSE)
    for event_id, began in posted.items():
        item = stack.settled(event_id)
        for what, name in (
            ("committed", "committed_ms"),
            ("effects performed", "effects_ms"),
            ("mail sent", "mails_ms"),
        ):
            waits[what].append(item[name] - began * 1000)
    return waits


def _tutorial(cloud: LocalCloud) -> str:
    template = Path(shutil.copy(BASELINES / "tutorial-template.yaml", HOME))
    cloud.deploy(template, "tutorial")
    cloud.client("sesv2").create_email_identity(EmailIdentity="billing@example.com")
    return cloud.outputs("tutorial")["EventsQueueUrl"]


def _drain(cloud: LocalCloud, line: str, lanes: Sequence[str], groups: int, events: int) -> tuple[float, float]:
    """Events a second, until the line is empty and until the lanes are empty, too.

    Raises:
        TimeoutError: a queue is not empty in time.
        RuntimeError: the events did not cause one mail each.
    """
    sqs: SQSClient = cloud.client("sqs")
    accounts = [f"acct_{secrets.token_hex(8)}" for _ in range(groups)]
    entries = [_entry(number, accounts[number % groups]) for number in range(events)]
    mails, began = len(cloud.mails()), time.monotonic()
    for some in batched(entries, 10, strict=False):
        sqs.send_message_batch(QueueUrl=line, Entries=list(some))
    _empty(sqs, [line], began)
    committed = time.monotonic() - began
    _empty(sqs, lanes, began)
    performed = time.monotonic() - began
    told = len(cloud.mails()) - mails
    if told != events:
        raise RuntimeError(f"{events} events brought {told} mails")
    return events / committed, events / performed


def _empty(sqs: "SQSClient", queues: Sequence[str], began: float) -> None:
    while any(_waiting(sqs, queue) for queue in queues):
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError(f"{queues} are not empty after {PATIENCE} s")
        time.sleep(0.1)


def _entry(number: int, account: str) -> Any:  # noqa: ANN401 - a boto3 shape
    event = samples.fresh("invoice.payment_failed", int(time.time()), account=account)
    body = samples.encode(samples.renamed(event, f"x{number}")).decode()
    return {
        "Id": str(number),
        "MessageBody": body,
        "MessageAttributes": signed_attributes(LOCAL_KEY, body, {}),
        "MessageGroupId": account,
        "MessageDeduplicationId": event["id"],
    }


def _waiting(sqs: "SQSClient", queue: str) -> int:
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return sum(int(number) for name, number in found.items() if name.startswith("ApproximateNumberOf"))
