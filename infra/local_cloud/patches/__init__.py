"""Patches for what ministack 1.5.33 lacks and this project needs: one module for each gap.

They replace private names of ministack, so its version is pinned exactly. Each patch has a test that fails when an
upgrade breaks the patch or makes it unnecessary.
"""

from pathlib import Path

from infra.local_cloud.patches import (
    alarms,
    clock,
    emf_metrics,
    fifo_concurrency,
    http_api_body,
    iam,
    lambda_packages,
    leading_keys,
    message_move,
    retained_resources,
    saved_queries,
    schedule_tick,
    whole_logs,
)


def apply(clock_file: Path) -> None:
    """Patch ministack in this process; call it once, before ministack's own `main`.

    Args:
        clock_file: the file of the clock that the Lambda workers follow.
    """
    fifo_concurrency.apply()
    message_move.apply()
    http_api_body.apply()
    schedule_tick.apply()
    emf_metrics.apply()
    alarms.apply()
    saved_queries.apply()
    lambda_packages.apply()
    whole_logs.apply()
    iam.apply()
    leading_keys.apply()
    retained_resources.apply()
    clock.apply(clock_file)
