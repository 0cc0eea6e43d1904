"""Metrics of money: what was received, by currency, as CloudWatch's embedded metric format in a log line."""

from collections.abc import Sequence

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from functions.consumer.perform import Announce
from shared.effects import Publish

NAMESPACE = "Billhook"


def counted(announce: Announce) -> Announce:
    """`announce`, which also counts each payment that succeeded: its amount in minor units, under its currency.

    Never by account or customer: each value of a dimension is a metric of its own, and billed as one.
    """

    def announce_and_count(announcements: Sequence[Publish]) -> str:
        outcome = announce(announcements)
        for one in announcements:
            if one.name == "payment.succeeded":
                _count(one)
        return outcome

    return announce_and_count


def _count(payment: Publish) -> None:
    amount, currency = payment.facts.get("amount_received"), payment.facts.get("currency")
    if isinstance(amount, int) and isinstance(currency, str):
        with single_metric(name="PaymentReceived", unit=MetricUnit.Count, value=amount, namespace=NAMESPACE) as metric:
            metric.add_dimension(name="currency", value=currency)
