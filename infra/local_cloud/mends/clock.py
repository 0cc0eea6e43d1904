"""ministack 1.5.33 cannot let thirty days pass: its whole process gets a clock that can be set forward.

Every module of it asks `time.time()`; its event loop and its waits use the monotonic clock and are not disturbed.
What asks `datetime.now()` stays on the real clock, above all the check of a request's signature, whose sender
signs with the real time. Lambda functions are processes of their own and keep the real clock too.
"""

import threading
import time

_real = time.time
_lock = threading.Lock()
_ahead = 0.0


def _moved() -> float:
    return _real() + _ahead


def advance(seconds: float) -> None:
    """Set the clock forward.

    Args:
        seconds: how far; never negative, since timers that have fired cannot be called back.

    Raises:
        ValueError: `seconds` is negative or not finite.
    """
    global _ahead  # noqa: PLW0603 -- there is one clock in a process
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"a clock goes forward only, not by {seconds} seconds")
    with _lock:
        _ahead += seconds


def ahead() -> float:
    """How many seconds this clock is ahead of the real one."""
    return _ahead


def apply() -> None:
    """Put the movable clock in the place of `time.time`."""
    time.time = _moved
