"""The outcome of parallel accounts: what was lost, doubled or out of order, and how two accounts differ."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cli.local.stack import SETTLED, Stack
from shared.inbox.lanes import LANES
from tests.cloud.parallel_accounts import Account

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_sqs.client import SQSClient

NOT_AT_ONCE = frozenset(
    {"retry", "unclaimed", "fenced", "leased elsewhere", "unrecorded", "not handed over", "waits", "resting"}
)
"""The states in the log of the attempts after which SQS must deliver the message again."""
COMMITS = frozenset({"committed", "done"})
"""The states in the consumer's log of the attempts that commit an event."""

MAY_BE_OVERTAKEN = frozenset({"Welcome to Saltmarsh Software", "Your payment of 29.00 USD did not go through"})
"""Mails that a later event of the accounts' story overtakes if they are not sent yet: a busy machine decides it."""

CLOCK_TIMES = r'(active_on|hour|summary#[a-z_]+#)(?:\\?":)?\d+'
"""The full hours and days in the records: two accounts that began at different times differ in them."""


def listen(stack: Stack) -> str:
    """The URL of a queue that receives every announcement on the bus from now on."""
    sqs: SQSClient = stack.cloud.client("sqs")
    events: EventBridgeClient = stack.cloud.client("events")
    queue, bus = sqs.create_queue(QueueName="heard")["QueueUrl"], stack.outputs["EventBusName"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="hear", EventBusName=bus, EventPattern=json.dumps({"source": ["billhook"]}))
    events.put_targets(Rule="hear", EventBusName=bus, Targets=[{"Id": "heard", "Arn": arn}])
    return queue


def _announcements(stack: Stack, queue: str) -> Iterator[dict[str, Any]]:
    sqs: SQSClient = stack.cloud.client("sqs")
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            body = json.loads(message["Body"])
            yield {"name": body["detail-type"], **body["detail"]}
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


@dataclass(frozen=True)
class Outcome:
    """Everything that the stack has done: its tables, its log, its mails and its announcements.

    `log_states` counts the log's lines by event, state and lane; the lane is empty for the consumer's.
    """

    inbox: dict[str, dict[str, Any]]
    books: list[dict[str, Any]]
    mails: Counter[tuple[str, str]]
    announcements: list[dict[str, Any]]
    log_states: Counter[tuple[str, str, str]]

    def lost(self, account: Account) -> list[str]:
        """The accepted events that have no final state, or were dead-lettered without a reason."""
        items = {event_id: self.inbox.get(event_id, {}) for event_id in account.accepted}
        return [
            event_id
            for event_id, item in items.items()
            if item.get("state") not in SETTLED or (item["state"] == "failed" and not item.get("error"))
        ]

    def ended(self, account: Account) -> Counter[str]:
        """How many of the accepted events are in each state."""
        return Counter(self.inbox.get(event_id, {}).get("state", "absent") for event_id in account.accepted)

    def again(self, account: Account) -> int:
        """How many attempts failed, so that SQS delivered the event again; a farewell may wait for its export."""
        events = set(self._events_of(account))
        farewells = {(event, "waits", "mails") for event in events if self.inbox[event]["type"] == "farewell.due"}
        return sum(
            times
            for (event, state, lane), times in self.log_states.items()
            if event in events and state in NOT_AT_ONCE and (event, state, lane) not in farewells
        )

    def handled_twice(self, account: Account) -> list[str]:
        """The events and lanes that were handled more than once, and the announcements with two ids."""
        ids = defaultdict(set)
        for one in self._announcements_of(account):
            ids[json.dumps(one | {"id": ""}, sort_keys=True)].add(one["id"])
        ended: Counter[str] = Counter()
        for event_id in self._events_of(account):
            ended[event_id] = sum(self.log_states[event_id, state, ""] for state in COMMITS)
            ended |= {f"{lane} of {event_id}": self.log_states[event_id, "performed", lane] for lane in LANES}
        return [
            *(what for what, times in ended.items() if times > 1),
            *(what for what, known in ids.items() if len(known) > 1),
        ]

    def mailed_twice(self, account: Account) -> int:
        """How many surplus mails were sent."""
        return sum(times - 1 for (to, _), times in self.mails.items() if account.mark in to)

    def announced_twice(self, account: Account) -> int:
        """How many announcements were repeated, under the same id."""
        ids = Counter(one["id"] for one in self._announcements_of(account))
        return ids.total() - len(ids)

    def out_of_order(self, account: Account) -> list[str]:
        """The events that began before their predecessor was decided; effects keep no order."""
        items = [self.inbox[event_id] for event_id in account.accepted if event_id in self.inbox]
        decided = [_decided_ms(item) for item in items]
        return [item["id"] for item, before in zip(items[1:], decided, strict=False) if item["started_ms"] < before]

    def came_of(self, account: Account) -> dict[str, Any]:
        """The records, mails, announcements and own messages, without repetitions and without the account's names."""
        own = Counter(
            f"{item['type']} {item['state']}"
            for item in self.inbox.values()
            if item["account"] == account.id and item["id"] not in account.accepted
        )
        found = {
            "records": {f"{item['pk']} {item['sk']}": item["record"] for item in self._of(account) if "record" in item},
            "mails": {
                f"{item['pk']} {item['sk']}": _mail(item["mail"]) for item in self._of(account) if "mail" in item
            },
            "sent": sorted(
                f"{to} {subject}"
                for to, subject in self.mails
                if account.mark in to and subject not in MAY_BE_OVERTAKEN
            ),
            "announced": sorted(
                {f"{one['name']} {one['id']} {one['record']}" for one in self._announcements_of(account)}
            ),
            "own": sorted(own.items()),
        }
        plain: dict[str, Any] = json.loads(_without_names(json.dumps(found, default=str), account))
        return plain

    def _of(self, account: Account) -> Iterator[dict[str, Any]]:
        return (item for item in self.books if account.mark in item["pk"])

    def _announcements_of(self, account: Account) -> Iterator[dict[str, Any]]:
        return (one for one in self.announcements if one["account"] == account.id)

    def _events_of(self, account: Account) -> Iterator[str]:
        return (item["id"] for item in self.inbox.values() if item["account"] == account.id)

    @cached_property
    def dead(self) -> int:
        """How many events failed in the end."""
        return sum(item["state"] == "failed" for item in self.inbox.values())


def _decided_ms(item: dict[str, Any]) -> int:
    """When an event was committed or given up, in epoch milliseconds; an ignored event has one write, its claim."""
    times = (item[name] for name in ("committed_ms", "done_ms", "failed_ms", "started_ms") if name in item)
    return int(next(times))


def _mail(claimed: str) -> str:
    """A mail as it is claimed. The dates of one about an erasure count from the second at which the worker asked."""
    mail = json.loads(claimed)
    if mail["template"] == "erasure_unconfirmed":
        mail = {**mail, "expires": 0, "data": {**mail["data"], "erased_by": 0}}
    return json.dumps(mail)


def _without_names(text: str, account: Account) -> str:
    """`text` with the account's mark, hashes, hours and start time replaced, so that accounts compare."""
    hashes = r'due_[0-9a-f]{48}|(?<=digest.{5})[0-9a-f]{12,16}|(?<=")[0-9a-f]{16}(?=.":)'  # the last is an address's
    plain = re.sub(hashes, "", text.replace(account.mark, "MARK"))
    plain = re.sub(CLOCK_TIMES, r"\1", plain)
    return re.sub(r"\b1[78]\d{8}\b", lambda time: str(int(time[0]) - account.began), plain)


def collect(stack: Stack, queue: str) -> Outcome:
    """The outcome so far; `queue` is the URL that `listen` returned, and is empty afterwards."""
    said = re.findall(r'"message":"([a-z ]+)".*?"event_id":"([^"]+)"(?:,"lane":"(\w+)")?', stack.cloud.log())
    return Outcome(
        inbox={item["id"]: item for item in stack.all_inbox()},
        books=stack.books(),
        mails=Counter((mail.to[0], mail.subject) for mail in stack.mails()),
        announcements=list(_announcements(stack, queue)),
        log_states=Counter((event_id, state, lane) for state, event_id, lane in said),
    )
