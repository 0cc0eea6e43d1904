"""ministack 1.5.33 looks for due schedules every 10 seconds: this patch looks twice a second, and on request."""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import threading
from collections.abc import Callable

from ministack.services import eventbridge, scheduler

SECONDS_BETWEEN_LOOKS = 0.5

_lock = threading.Lock()


def _one_at_a_time(look: Callable[[], None]) -> Callable[[], None]:
    """Wrap `look` in a lock, because two looks at once would fire a one-time schedule twice."""

    def locked() -> None:
        with _lock:
            look()

    return locked


def look_now() -> None:
    """Fire the schedules that are due, and return when they have fired."""
    scheduler._tick_schedules()
    eventbridge._tick_scheduled_rules()


def apply() -> None:
    """Shorten the interval of EventBridge Scheduler and of EventBridge's scheduled rules, and lock both."""
    scheduler._SCHEDULE_TICK_INTERVAL = eventbridge._SCHEDULER_TICK_INTERVAL = SECONDS_BETWEEN_LOOKS
    scheduler._tick_schedules = _one_at_a_time(scheduler._tick_schedules)
    eventbridge._tick_scheduled_rules = _one_at_a_time(eventbridge._tick_scheduled_rules)
