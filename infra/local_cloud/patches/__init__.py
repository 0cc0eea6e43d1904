"""What ministack 1.5.33 lacks and this project needs, one module a gap.

All of them replace private names of ministack, which is why its version is pinned exactly. Each has a test that fails
when an upgrade breaks the patch, or makes the patch unnecessary.
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
)


def apply(clock_file: Path) -> None:
    """Patch ministack in this process; call it once, before ministack's own `main`.

    Args:
        clock_file: what the Lambda workers' clock is to follow.
    """
    fifo_concurrency.apply()
    message_move.apply()
    http_api_body.apply()
    schedule_tick.apply()
    emf_metrics.apply()
    alarms.apply()
    saved_queries.apply()
    lambda_packages.apply()
    iam.apply()
    leading_keys.apply()
    retained_resources.apply()
    clock.apply(clock_file)
