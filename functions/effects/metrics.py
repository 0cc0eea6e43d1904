"""Metrics: what one message counts, in CloudWatch's embedded metric format inside its log line.

`Sent` and `MailRefused` count outcomes: a mail whose outcome could not be written counts again.
`OwedEffectsSeconds` and `OwedMailsSeconds` are the age of a message that was just performed, delayed or given up. Their
maximum is the oldest owed effect. Time does not count while an hour's limit puts off all that the message owes:
that has a metric of its own, `OverLimit`. SQS's own metric of age leaves out a message that was received three times.
"""

from typing import Any

from functions.effects.lane.attempt import Result
from functions.effects.mails.mailer import REFUSED
from functions.effects.message import LaneMessage
from shared.inbox.lanes import Lane
from shared.runtime.emf import directive, embedded
from shared.values.times import HOUR

SERVICE = "effects"

STATES = {"performed": "Done", "waits": "Retried", "unrecorded": "Retried", "failed": "Dead", "resting": "Deferred"}
"""The other states count nothing: another message or another worker counts the same work."""

OWED: dict[Lane, str] = {"effects": "OwedEffectsSeconds", "mails": "OwedMailsSeconds"}
LATE: dict[Lane, int] = {"effects": 15 * 60, "mails": 6 * HOUR}
"""Seconds after which an alarm fires. Mails may wait longer, because SES may take none for hours."""

WARNED_OF = frozenset({"DeploymentFault", "MailRefused", "OverLimit"})
"""Metrics that raise an alarm. A line that counts one is a warning, so that a log level of WARN keeps it."""


def metrics_of(message: LaneMessage, result: Result, now: float, namespace: str) -> dict[str, Any]:
    """The fields that add a log line's metrics to `namespace`, at epoch seconds `now`; empty if nothing counts."""
    counts: dict[str, tuple[str, int]] = {}
    if result.state in STATES:
        counts[STATES[result.state]] = ("Count", 1)
    if result.state in STATES and not result.over_limit:
        since = message.sent_ms / 1000 if result.owed_since is None else result.owed_since
        counts[OWED[message.lane]] = ("Seconds", max(0, round(now - since)))
    for name, times in (
        ("Sent", result.outcomes.count("sent")),
        ("MailRefused", sum(outcome.startswith(REFUSED) for outcome in result.outcomes)),
        ("MailLate", result.outcomes.count("too late")),
        ("DeploymentFault", int(result.faulty)),
        ("OverLimit", result.over_limit),
    ):
        if times:
            counts[name] = ("Count", times)
    if not counts:
        return {}
    fields = {name: value for name, (_, value) in counts.items()}
    units = {name: unit for name, (unit, _) in counts.items()}
    return {"service": SERVICE, **fields, **embedded(now, [directive(namespace, units)])}


def warns(lane: Lane, metrics: dict[str, Any]) -> bool:
    """Whether a line's metrics can raise an alarm."""
    return bool(WARNED_OF & metrics.keys()) or metrics.get(OWED[lane], 0) > LATE[lane]
