"""Metrics of a run, as CloudWatch's embedded metric format in a log line."""

import time
from typing import TYPE_CHECKING

from functions.reconcile.hourly import Totals
from shared.emf import directive, embedded

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

SERVICE = "reconcile"


def count(totals: Totals, logger: "Logger", namespace: str) -> None:
    """What a run counted, by service; zeros too, so that an alarm can tell "none" from "no data"."""
    counts = {
        "Checked": totals.checked,
        "Missing": totals.missing,
        "Healed": totals.healed,
        "HandedOver": totals.handed_over,
    }
    metrics = embedded(time.time(), [directive(namespace, dict.fromkeys(counts, "Count"))])
    say = logger.warning if totals.missing else logger.info  # so that a log level of WARN keeps what an alarm reads
    say("counted", extra={"service": SERVICE, **counts, **metrics})
