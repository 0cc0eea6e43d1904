"""What ministack 1.5.33 lacks of AWS and this project needs, one module a gap; each has its test, so that upgrades tell.

All of them replace private names of ministack, which is why its version is pinned exactly.
"""

from infra.local_cloud.mends import (
    clock,
    emf_metrics,
    fifo_concurrency,
    http_api_body,
    lambda_packages,
    message_move,
    queue_lock,
    schedule_tick,
)


def apply() -> None:
    """Mend ministack in this process; call it once, before ministack's own `main`."""
    clock.apply()  # first: whatever ministack starts on import must see this clock
    queue_lock.apply()
    fifo_concurrency.apply()
    message_move.apply()
    http_api_body.apply()
    schedule_tick.apply()
    emf_metrics.apply()
    lambda_packages.apply()
