"""What one message counts: CloudWatch's embedded metric format, inside the message's own log line.

`Sent` and `MailRefused` count outcomes: a mail whose outcome could not be written down counts again.
`OwedEffectsSeconds` and `OwedMailsSeconds` are the age of a message that was just performed, put off or given up; their
maximum is the oldest owed effect. SQS's own age of the oldest message leaves out what was received three times.
"""

from typing import Any

from functions.effects.lane.turn import Result
from functions.effects.mails.mailer import REFUSED
from functions.effects.message import Message
from shared.inbox.lanes import Lane
from shared.runtime.emf import directive, embedded
from shared.values.times import HOUR

SERVICE = "effects"

STATES = {"performed": "Done", "waits": "Retried", "unrecorded": "Retried", "failed": "Dead", "resting": "Deferred"}
"""The other states say nothing new: another message, or another worker, counts what they are about."""

OWED: dict[Lane, str] = {"effects": "OwedEffectsSeconds", "mails": "OwedMailsSeconds"}
LATE: dict[Lane, int] = {"effects": 15 * 60, "mails": 6 * HOUR}
"""Seconds after which an alarm sounds. Mails may wait longer, while Amazon SES takes none."""

WARNED_OF = frozenset({"DeploymentFault", "MailRefused"})
"""What an alarm waits for: a line that counts one is a warning, which a log level of WARN keeps, like a late one."""


def metrics_of(message: Message, result: Result, now: float, namespace: str) -> dict[str, Any]:
    """The fields that make a log line count in `namespace`, at epoch seconds `now`; none if nothing counts."""
    counts: dict[str, tuple[str, int]] = {}
    if result.state in STATES:
        counts[STATES[result.state]] = ("Count", 1)
        counts[OWED[message.lane]] = ("Seconds", max(0, round(now - message.sent_ms / 1000)))
    for name, times in (
        ("Sent", result.outcomes.count("sent")),
        ("MailRefused", sum(outcome.startswith(REFUSED) for outcome in result.outcomes)),
        ("MailLate", result.outcomes.count("too late")),
        ("DeploymentFault", int(result.faulty)),
    ):
        if times:
            counts[name] = ("Count", times)
    if not counts:
        return {}
    fields = {name: value for name, (_, value) in counts.items()}
    units = {name: unit for name, (unit, _) in counts.items()}
    return {"service": SERVICE, **fields, **embedded(now, [directive(namespace, units)])}


def warns(lane: Lane, metrics: dict[str, Any]) -> bool:
    """Whether an alarm waits for what a line counts."""
    return bool(WARNED_OF & metrics.keys()) or metrics.get(OWED[lane], 0) > LATE[lane]
