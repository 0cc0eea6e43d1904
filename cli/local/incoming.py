"""Incoming: shows events, refused requests and mails while `billhook run` stays up, one line each, from the logs."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from rich.text import Text

from cli.local.stack import NAME, Stack
from shared.messages.internal_types import is_internal

ACCEPTED = 200
REFUSED = 400
"""HTTP statuses from 400 on are refusals."""
OVERLAP_MS = 10_000
"""Milliseconds to look back: functions log in parallel, so a line may appear after a later one."""
STYLES = {
    "committed": "green",
    "done": "green",
    "performed": "green",
    "sent": "green",
    "ignored": "yellow",
    "waits": "yellow",
    "resting": "yellow",
    "retry": "yellow",
    "duplicate": "dim",
    "repeated": "dim",
    "failed": "red",
}
SILENT = frozenset({"awaiting dead letter", "leased elsewhere", "nothing owed"})
"""States that an earlier line has already shown: SQS hands a failed message out a hundred times."""

ADVICE = {
    "wrong_signature": "If the Stripe CLI sent it: stripe listen --print-secret | ./billhook secret cli",
    "no_secret": "./billhook secret direct",
    "unknown_endpoint": "./billhook secret NAME, with the last part of the URL as NAME",
}
"""The command that helps, by the reason of ingest's refusal."""

DEDUPLICATED = 300
"""Seconds in which SQS drops a repetition before the consumer sees it."""


@dataclass(frozen=True)
class Line:
    """A line for a person. `ms` counts from the arrival in the queue, or from the commit."""

    what: str
    state: str
    ms: float | None = None
    why: str = ""
    advice: str = ""
    event_id: str = field(default="", compare=False)

    def text(self, time: str) -> Text:
        """The line in columns, and below it the command that helps, if there is one."""
        took = "" if self.ms is None else f"{self.ms:.0f} ms"
        style = STYLES.get(self.state, "red" if self.state.isdigit() else "")
        text = Text.assemble((time, "dim"), f"  {self.what:<34} ", (f"{self.state:<9}", style), f"{took:>9}")
        text.append(f"   {self.why}" if self.why else "")
        text.append(f"\n{'':10}{self.advice}" if self.advice else "", "bold")
        return text


def read_line(logged: str) -> Line | None:
    """The line for a person from a line of a function's log; None if it needs no showing.

    A line is shown if it names an event or warns. It may have `type`, `message` (the state), `reason`, `error`,
    `outcomes`, and `since_received_ms` or `since_committed_ms`.
    """
    try:
        line = json.loads(logged)
    except ValueError:
        return None  # a line of Lambda itself: START, END, REPORT
    if not isinstance(line, dict):
        return None
    if "status" in line:
        return _told_an_app(line) if line.get("service") == "access" else _answered(line)
    if "event_id" not in line and line.get("level") not in {"WARN", "ERROR"}:
        return None
    if line.get("message") in SILENT or _is_told_by_its_mails(line):
        return None
    what = str(line.get("type") or line.get("lane") or line.get("service"))
    took = line.get("since_received_ms", line.get("since_committed_ms", line.get("ms")))
    return Line(what, str(line.get("message")), took, _why(line), event_id=str(line.get("event_id", "")))


def _is_told_by_its_mails(line: dict[str, Any]) -> bool:
    """Whether the worker has only sent mails, which have their own lines with their subjects."""
    return line.get("message") == "performed" and set(line.get("outcomes", ())) == {"sent"}


def _answered(line: dict[str, Any]) -> Line | None:
    """The line of a request to ingest; None for a warning, which has no duration and decides no answer."""
    if "ms" not in line:
        return None
    what, reason = str(line.get("type", "a request")), str(line.get("reason", ""))
    if line["status"] == ACCEPTED:
        return Line(what, "accepted", event_id=str(line["event_id"]))
    why = ": ".join(str(line[name]) for name in ("reason", "error", "cause") if name in line)
    return Line(what, str(line["status"]), line["ms"], why, ADVICE.get(reason, ""))


def _told_an_app(line: dict[str, Any]) -> Line | None:
    """The line of a question that access refused; None for an answer, because apps ask many times a second."""
    if line["status"] < REFUSED:
        return None
    why = ": ".join(str(line[name]) for name in ("reason", "cause") if name in line)
    return Line("a question of an app", str(line["status"]), line.get("ms"), why)


def _why(line: dict[str, Any]) -> str:
    parts = [f"{line['lane']}: {', '.join(line['outcomes'])}"] if line.get("outcomes") else []
    parts += [str(line[name]) for name in ("reason", "error", "code") if line.get(name)]
    if line.get("again_in_s"):
        parts.append(f"again in {line['again_in_s']} s")
    if is_internal(str(line.get("type"))):
        parts.append("(ours, by schedule)")
    return ", ".join(parts)


class Incoming:
    """The lines that a stack's functions log from now on, and the mails that they send."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._logs: Any = stack.cloud.client("logs")  # its types are not installed
        self._began = self._newest = int(stack.cloud.now().timestamp() * 1000)
        self._seen: set[tuple[str, str]] = set()
        self._mails = len(stack.mails())
        self._accepted: dict[str, float] = {}

    def new(self) -> list[tuple[float, Line]]:
        """The lines since the last call, oldest first, each with its time in epoch seconds.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError, OSError: the local cloud does not answer.
        """
        logged = [(at, line) for at, text in self._logged() if (line := self._told(at, text))]
        return sorted([*logged, *self._mailed()], key=lambda one: one[0])

    def close(self) -> None:
        """Close the connection; otherwise the emulator would wait for it when it stops."""
        self._logs.close()

    def _told(self, at: float, text: str) -> Line | None:
        """The line to show. An accepted event gets its line from the consumer, unless SQS drops it as a repetition."""
        line = read_line(text)
        if line is None or line.state != "accepted":
            return line
        first = self._accepted.get(line.event_id)
        if first is not None and at - first < DEDUPLICATED:
            return replace(line, state="repeated", why="SQS drops a repetition within five minutes")
        self._accepted[line.event_id] = at
        return None

    def _logged(self) -> list[tuple[float, str]]:
        """The new lines of all log groups that the stack has now."""
        since = max(self._began, self._newest - OVERLAP_MS)
        found = [
            event
            for group in self._logs.describe_log_groups(logGroupNamePrefix=f"/billhook/{NAME}/")["logGroups"]
            for event in self._logs.filter_log_events(logGroupName=group["logGroupName"], startTime=since)["events"]
        ]
        before = self._seen
        self._seen = {_identity(event) for event in found}
        self._newest = max([self._newest, *(event["timestamp"] for event in found)])
        return [(event["timestamp"] / 1000, event["message"]) for event in found if _identity(event) not in before]

    def _mailed(self) -> list[tuple[float, Line]]:
        mails = self._stack.mails()[self._mails :]
        self._mails += len(mails)
        return [
            (mail.time.timestamp(), Line(f"mail to {', '.join(mail.to)}", "sent", why=mail.subject)) for mail in mails
        ]


def _identity(event: dict[str, Any]) -> tuple[str, str]:
    """What identifies a line: the emulator gives each invocation a log stream, and lines no ids."""
    return event["logStreamName"], event["message"]
