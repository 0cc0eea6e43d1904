"""Metrics of a run, as CloudWatch's embedded metric format in a log line."""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from functions.reconcile.hourly import Totals


def count(totals: Totals) -> None:
    """What a run counted, by service; zeros too, so that an alarm can tell "none" from "no data"."""
    metrics = EphemeralMetrics(namespace="Billhook", service="reconcile")
    metrics.add_metric("Checked", MetricUnit.Count, totals.checked)
    metrics.add_metric("Missing", MetricUnit.Count, totals.missing)
    metrics.add_metric("Healed", MetricUnit.Count, totals.healed)
    metrics.add_metric("HandedOver", MetricUnit.Count, totals.handed_over)
    metrics.flush_metrics()
