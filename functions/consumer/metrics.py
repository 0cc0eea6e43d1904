"""What one event counts: CloudWatch's embedded metric format, inside the event's own log line.

A second line would cost as much again. No account and no customer is ever a dimension: CloudWatch bills each value of
one as a metric of its own. Logs Insights tells those, from the same line.

`Done` and what a decision brought about count with the commit, which happens once for an event. A crash between the
commit and the line loses that count and never doubles it. The state counts with the line: `Dead` once for each time
that SQS dead-letters the event, `Retried` and `Duplicate` as often as they happen; an ignored event that comes again is
`Ignored` again. `DeploymentFault` counts each attempt that failed because this deployment may not do something, or
because a resource is missing.
"""

from collections.abc import Iterator
from typing import Any

from functions.consumer.consume import Outcome
from functions.consumer.message import Message
from shared.effects.announcement import Announcement
from shared.runtime.emf import directive, embedded
from shared.stripe_objects.api_versions import is_known

SERVICE = "consumer"
COUNT, MILLISECONDS = "Count", "Milliseconds"

STATES = {
    "ignored": "Ignored",
    "duplicate": "Duplicate",
    "retry": "Retried",
    "unclaimed": "Retried",
    "unrecorded": "Retried",
    "not handed over": "Retried",
    "failed": "Dead",
}
"""The other states say nothing new: they follow from one of these, or from a commit."""

WARNED_OF = frozenset({"DeploymentFault", "UnknownApiVersion"})
"""What an alarm waits for: a line that counts one is a warning, which a log level of WARN keeps."""

CHANGES = {
    "organization.access_granted": "SubscriptionsStarted",
    "organization.plan_changed": "SubscriptionsChanged",
    "organization.access_revoked": "SubscriptionsEnded",
}
"""In the business's words: a customer's first subscription that gives access, and the end of the last one."""


def metrics_of(message: Message, outcome: Outcome, now: float, namespace: str) -> dict[str, Any]:
    """The fields that make a log line count in `namespace`, at epoch seconds `now`; none if nothing counts."""
    counts = {name: (unit, value) for name, unit, value in _counts(message, outcome, now)}
    directives = [directive(namespace, {name: unit for name, (unit, _) in counts.items()})] if counts else []
    fields: dict[str, Any] = {name: value for name, (_, value) in counts.items()}
    # An event tells of one payment at most; its amount is in minor units, which only add up within a currency.
    for one in outcome.stats.announced:
        amount, currency = one.facts.get("amount_received"), one.facts.get("currency")
        if one.name == "payment.succeeded" and isinstance(amount, int) and isinstance(currency, str):
            directives.append(directive(namespace, {"PaymentReceived": COUNT}, "currency"))
            fields |= {"PaymentReceived": amount, "currency": currency}
    return {"service": SERVICE, **fields, **embedded(now, directives)} if directives else {}


def _counts(message: Message, outcome: Outcome, now: float) -> Iterator[tuple[str, str, int]]:
    committed = outcome.stats.committed
    if committed:
        yield "Done", COUNT, 1
    if outcome.state in STATES:
        yield STATES[outcome.state], COUNT, 1
    if outcome.failure and outcome.failure.kind == "deployment":
        yield "DeploymentFault", COUNT, 1
    if committed and message.created is not None and not message.own:
        yield "Lag", MILLISECONDS, round(max(0, now - message.created) * 1000)
    if (committed or outcome.state == "failed") and message.api_version and not is_known(message.api_version):
        yield "UnknownApiVersion", COUNT, 1
    for name, metric in CHANGES.items():
        if times := _times(name, outcome.stats.announced):
            yield metric, COUNT, times


def _times(name: str, announced: tuple[Announcement, ...]) -> int:
    return sum(one.name == name for one in announced)
