"""What one event counts: CloudWatch's embedded metric format, inside the event's own log line.

A second line would cost as much again, and logs are the largest part of the bill. No account and no customer is ever a
dimension: CloudWatch bills each value of one as a metric of its own. Logs Insights tells those, from the same line.

What a decision brought about counts with its commit, which happens once for an event; a crash between the commit and
the line loses that count and never doubles it. The state counts with the line: `Done` once for an event, `Dead` once
for each time that it is dead-lettered, `Retried` and `Duplicate` as often as they happen; an event that is ignored and
comes again is `Ignored` again. `MailRefused` counts twice if a crash comes before the refusal is written down.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from functions.consumer.consume import Verdict
from functions.consumer.message import Message
from shared.api_versions import is_known
from shared.effects import Publish

NAMESPACE = "Billhook"
SERVICE = "consumer"

STATES = {
    "done": "Done",
    "ignored": "Ignored",
    "duplicate": "Duplicate",
    "retry": "Retried",
    "unclaimed": "Retried",
    "unrecorded": "Retried",
    "failed": "Dead",
}
"""What the other states say is nothing new: `held`, `fenced` and `burnt` follow from one of these."""

CHANGES = {
    "organization.access_granted": "SubscriptionsStarted",
    "organization.plan_changed": "SubscriptionsChanged",
    "organization.access_revoked": "SubscriptionsEnded",
}
"""In the business's words: a customer's first subscription that gives access, and the end of the last one."""


def metrics_of(message: Message, verdict: Verdict, now: float) -> dict[str, Any]:
    """The fields that make a log line count, at epoch seconds `now`; none if there is nothing to count."""
    blocks = [_block(dict(_counts(message, verdict, now)))]
    # An event tells of one payment at most; its amount is in minor units, which only add up within a currency.
    for one in verdict.tally.announced:
        amount, currency = one.facts.get("amount_received"), one.facts.get("currency")
        if one.name == "payment.succeeded" and isinstance(amount, int) and isinstance(currency, str):
            blocks.append(_block({"PaymentReceived": (MetricUnit.Count, amount)}, currency=currency))
    return _united([block for block in blocks if block])


def _counts(message: Message, verdict: Verdict, now: float) -> Iterator[tuple[str, tuple[MetricUnit, float]]]:
    if verdict.state in STATES:
        yield STATES[verdict.state], (MetricUnit.Count, 1)
    if verdict.state == "done" and message.created is not None and not message.own:
        yield "Lag", (MetricUnit.Milliseconds, round(max(0, now - message.created) * 1000))
    if verdict.state in {"done", "failed"} and message.api_version and not is_known(message.api_version):
        yield "UnknownApiVersion", (MetricUnit.Count, 1)
    if verdict.tally.mails_refused:
        yield "MailRefused", (MetricUnit.Count, verdict.tally.mails_refused)
    for name, metric in CHANGES.items():
        if times := _times(name, verdict.tally.announced):
            yield metric, (MetricUnit.Count, times)


def _times(name: str, announced: tuple[Publish, ...]) -> int:
    return sum(one.name == name for one in announced)


def _block(counts: Mapping[str, tuple[MetricUnit, float]], **dimensions: str) -> dict[str, Any]:
    if not counts:
        return {}
    provider = AmazonCloudWatchEMFProvider(namespace=NAMESPACE, service=SERVICE)
    for name, value in dimensions.items():
        provider.add_dimension(name, value)
    for name, (unit, count) in counts.items():
        provider.add_metric(name, unit, count)
    return dict(provider.serialize_metric_set())


def _united(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """One set of fields for blocks that differ in their dimensions."""
    if not blocks:
        return {}
    directives = [directive for block in blocks for directive in block["_aws"]["CloudWatchMetrics"]]
    fields = {name: value for block in blocks for name, value in block.items()}
    return fields | {"_aws": {"Timestamp": blocks[0]["_aws"]["Timestamp"], "CloudWatchMetrics": directives}}
