"""The metrics of one event, in CloudWatch's embedded metric format, inside the event's own log line.

A second line would double the cost. No account or customer is a dimension, since CloudWatch bills each value of a
dimension as a metric. Logs Insights reads accounts and customers from the same line.

`Done` and the decision's own metrics count with the commit, which happens once. A crash between the commit and the
line loses that count and never doubles it. The states count with the line: `Dead` each time SQS dead-letters the event,
`Retried`, `Duplicate` and `Ignored` each time they happen. `DeploymentFault` counts the attempts that fail for a
missing permission or resource.
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
    "untrusted": "Untrusted",
}
"""The other states follow from one of these or from a commit."""

WARNED_OF = frozenset({"DeploymentFault", "UnknownApiVersion"})
"""An alarm watches these metrics, so their lines are warnings: a log level of WARN keeps them."""

CHANGES = {
    "organization.access_granted": "SubscriptionsStarted",
    "organization.plan_changed": "SubscriptionsChanged",
    "organization.access_revoked": "SubscriptionsEnded",
}
"""The first subscription that gives a customer access starts; the end of the last subscription ends."""


def metrics_of(message: Message, outcome: Outcome, now: float, namespace: str) -> dict[str, Any]:
    """The log fields that count in `namespace`; empty if nothing counts. `now` is in epoch seconds."""
    counts = {name: (unit, value) for name, unit, value in _counts(message, outcome, now)}
    directives = [directive(namespace, {name: unit for name, (unit, _) in counts.items()})] if counts else []
    fields: dict[str, Any] = {name: value for name, (_, value) in counts.items()}
    # An event has one payment at most. Minor units add up within a currency only, so the currency is a dimension.
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
