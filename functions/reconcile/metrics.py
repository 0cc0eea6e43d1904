"""Metrics of a run, in CloudWatch's embedded metric format inside a log line."""

import time
from typing import TYPE_CHECKING

from functions.reconcile.hourly import HOUR, Totals
from shared.runtime.emf import directive, embedded

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

SERVICE = "reconcile"

OLD = 10 * 24 * HOUR
"""Seconds after which an alarm fires for a dead letter: SQS keeps it for 4 days more."""


def count(totals: Totals, logger: "Logger", namespace: str) -> None:
    """Log a run's counts by service, with zeros, so that an alarm can tell "none" from "no data"."""
    counts = {
        "Checked": totals.checked,
        "Missing": totals.missing,
        "Healed": totals.healed,
        "HandedOver": totals.handed_over,
    }
    ages = {"OldestDeadEffectSeconds": totals.dead_effects_s, "OldestDeadMailSeconds": totals.dead_mails_s}
    units = dict.fromkeys(counts, "Count") | dict.fromkeys(ages, "Seconds")
    metrics = embedded(time.time(), [directive(namespace, units)])
    # A warning, so that a log level of WARN keeps a line that raises an alarm.
    alarming = totals.missing or totals.handed_over or max(ages.values()) > OLD
    say = logger.warning if alarming else logger.info
    say("counted", extra={"service": SERVICE, **counts, **ages, **metrics})
