"""A day among neighbours: the real ingest, consumer and worker behind queues that are simulated second by second.

The queue of events is a FIFO queue with a window: SQS looks for a free group among so many of the first messages. The
queues of effects and mails are fair: the group with the fewest messages in work comes first. An invocation takes effect
at its beginning, and keeps its group until its end.
"""

import heapq
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from functions.ingest.admission import Admission
from tests.ingest.support import CONNECT, Ingest, http_event, sign, to_bytes
from tests.prove.moto_cloud import Queue
from tests.prove.queues import Message
from tests.prove.runner import Processes, Runner

WORKERS = 5
"""ConsumerConcurrency, EffectsConcurrency and MailsConcurrency, by default."""
SERVICE = {"events": 0.1, "effects": 0.2, "mails": 0.2}
"""Seconds that an invocation takes."""
MOST_RECEIVES = 10
"""In place of 100: how often SQS hands out a message before it dead-letters it. More would only hold up its group."""


@dataclass(frozen=True)
class Post:
    """A request to the webhook URL at epoch seconds `at`; `forged` ones have a signature of nobody's."""

    at: float
    account: str
    event: dict[str, Any]
    forged: bool = False


@dataclass(frozen=True)
class Planted:
    """A message that somebody sends to the queue past ingest."""

    at: float
    account: str
    body: str


@dataclass(eq=False)
class Queued(Message):
    """A message in one of the queues, with its group, the account that it belongs to, and its attributes."""

    group: str = ""
    account: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)

    def received(self, now: float) -> dict[str, Any]:
        """Receive the message."""
        record = super().received(now)
        record["attributes"]["MessageGroupId"] = self.group
        return record | {"messageAttributes": self.attributes}


@dataclass
class Day:
    """What came of the requests.

    Args:
        answers: the answers of ingest, by account and status.
        decided: the seconds from an event's arrival to the end of its message, by account.
        mailed: the seconds from an event's arrival to each of its mails, by account.
        dead: the dead letters, by account.
        longest: the largest number of messages in the queue of events.
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    decided: dict[str, list[float]] = field(default_factory=dict)
    mailed: dict[str, list[float]] = field(default_factory=dict)
    dead: Counter[str] = field(default_factory=Counter)
    longest: int = 0


@dataclass
class Neighbours:
    """The system with its queues. `group` is the group of every event; None for the groups that ingest chooses."""

    runner: Runner
    window: int
    full: int
    group: str | None = None
    day: Day = field(default_factory=Day)
    _agenda: list[tuple[float, int, Any]] = field(default_factory=list)
    _queues: dict[Queue, list[Queued]] = field(default_factory=lambda: {"events": [], "effects": [], "mails": []})
    _at_work: dict[Queue, list[Queued]] = field(default_factory=lambda: {"events": [], "effects": [], "mails": []})
    _arrived: dict[str, tuple[float, str]] = field(default_factory=dict)
    _count: int = 0

    def __post_init__(self) -> None:
        self.ingest = Ingest()
        admission = Admission(lambda: len(self._queues["events"]), self.full)
        self.ingest.handler = replace(self.ingest.handler, admit=admission.check)
        self.processes = Processes(self.runner.moto_cloud.environ)

    def live(self, arrivals: Iterable[Post | Planted]) -> Day:
        """Let everything arrive, and work until nothing is left but what is dead."""
        for one in arrivals:
            self._at(one.at, one)
        while self._agenda:
            now, _, what = heapq.heappop(self._agenda)
            self.runner.clock.now = now
            match what:
                case Post():
                    self._post(what)
                case Planted(account=account, body=body):
                    self._put("events", Queued("events", body, self._name(), now, now, group=account, account=account))
                case Queued():
                    self._at_work[what.queue].remove(what)
            for queue in self._queues:
                while self._begin(queue, now):
                    pass
        return self.day

    def _post(self, post: Post) -> None:
        self.ingest.now, body = post.at, to_bytes(post.event)
        secret = "whsec_of_nobody" if post.forged else CONNECT
        answer = self.ingest.handler(http_event(body, sign(body, secret, at=int(post.at))), None)
        self.day.answers["forged" if post.forged else post.account, answer["statusCode"]] += 1
        if answer["statusCode"] != 200:
            return
        sent = self.ingest.sent.pop()
        attributes = {
            name: {"stringValue": one["StringValue"], "dataType": "String"}
            for name, one in sent["MessageAttributes"].items()
        }
        group = self.group or sent["MessageGroupId"]
        self._arrived[post.event["id"]] = (post.at, post.account)
        message = Queued("events", sent["MessageBody"], self._name(), post.at, post.at, group=group)
        self._put("events", replace(message, account=post.account, attributes=attributes))

    def _put(self, queue: Queue, message: Queued) -> None:
        self._queues[queue].append(message)
        self.day.longest = max(self.day.longest, len(self._queues["events"]))

    def _begin(self, queue: Queue, now: float) -> bool:
        """Begin to work on the next message of a queue; False if no worker or no message is free."""
        message = self._next(queue, now) if len(self._at_work[queue]) < WORKERS else None
        if message is None:
            return False
        self._at_work[queue].append(message)
        self.runner.clock.now = now
        mails = self.runner.moto_cloud.mails
        acknowledged = self.runner.receive(message, self.processes)
        self.runner.clock.now = now
        done = now + SERVICE[queue]
        if acknowledged:
            self._queues[queue].remove(message)
        elif message.receives >= MOST_RECEIVES:
            self._queues[queue].remove(message)
            self.day.dead[message.account] += 1
        else:
            message.visible = max(message.visible, done)
            self._at(message.visible, None)
        self._at(done, message)
        self._note(message, done, acknowledged=acknowledged, mails=self.runner.moto_cloud.mails - mails)
        for sent in self.runner.moto_cloud.handed_over():
            _, account = self._arrived.get(json.loads(sent.body)["event"], (now, message.account))
            record = Queued(sent.queue, sent.body, self._name(), done, done, group=account, account=account)
            self._at(done, None)
            self._put(sent.queue, record)
        return True

    def _note(self, message: Queued, done: float, *, acknowledged: bool, mails: int) -> None:
        event = json.loads(message.body)
        arrived, account = self._arrived.get(event.get("event") or event.get("id"), (None, message.account))
        if arrived is None:
            return
        if message.queue == "events" and acknowledged:
            self.day.decided.setdefault(account, []).append(done - arrived)
        if mails:
            self.day.mailed.setdefault(account, []).extend([done - arrived] * mails)

    def _next(self, queue: Queue, now: float) -> Queued | None:
        busy = Counter(one.group for one in self._at_work[queue])
        if queue == "events":
            held = set(busy)
            for message in self._queues[queue][: self.window]:
                if message.group not in held and message.visible <= now:
                    return message
                held.add(message.group)  # the first of a group holds the others
            return None
        free = [one for one in self._queues[queue] if one.visible <= now and one not in self._at_work[queue]]
        return min(free, key=lambda one: (busy[one.group], one.sent), default=None)

    def _at(self, when: float, what: object) -> None:
        self._count += 1
        heapq.heappush(self._agenda, (when, self._count, what))

    def _name(self) -> str:
        self._count += 1
        return f"message {self._count}"
