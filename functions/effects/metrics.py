"""What one message counts: CloudWatch's embedded metric format, inside the message's own log line.

`Sent` and `MailRefused` count outcomes: a mail whose outcome could not be written down counts again. `OwedSeconds` is
how long after its commit a lane was finished, or how long it has been owed; its maximum is the oldest owed effect.
"""

from typing import Any

from functions.effects.lease import Leased
from functions.effects.mailer import REFUSED
from functions.effects.turn import Result
from shared.emf import directive, embedded

SERVICE = "effects"

STATES = {"performed": "Done", "waits": "Retried", "unrecorded": "Retried", "failed": "Dead", "resting": "Deferred"}
"""The other states say nothing new: another message, or another worker, counts what they are about."""


def metrics_of(leased: Leased | None, result: Result, now: float, namespace: str) -> dict[str, Any]:
    """The fields that make a log line count in `namespace`, at epoch seconds `now`; none if nothing counts."""
    counts: dict[str, tuple[str, int]] = {}
    if result.state in STATES:
        counts[STATES[result.state]] = ("Count", 1)
    if leased and result.state in {"performed", "waits", "failed"}:
        counts["OwedSeconds"] = ("Seconds", max(0, round(now - leased.committed_ms / 1000)))
    for name, times in (
        ("Sent", result.outcomes.count("sent")),
        ("MailRefused", sum(outcome.startswith(REFUSED) for outcome in result.outcomes)),
        ("MailLate", result.outcomes.count("too late")),
    ):
        if times:
            counts[name] = ("Count", times)
    if not counts:
        return {}
    fields = {name: value for name, (_, value) in counts.items()}
    units = {name: unit for name, (unit, _) in counts.items()}
    return {"service": SERVICE, **fields, **embedded(now, [directive(namespace, units)])}
