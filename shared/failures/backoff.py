"""How long to wait before the next try, in seconds; jitter spreads messages that failed together."""

from collections.abc import Callable

from shared.values.times import HOUR

MINUTE = 60

ATTEMPTS = 8
"""The first try and 7 retries."""

SERVICE = (MINUTE, 4 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 4 * HOUR)
"""The longest waits after a service failed, in seconds; in the mean 5.7 hours in all. Waiting cures an outage."""

BUG = (2, 4, 8, 16, 32, 64, 120)
"""The longest waits after a bug, in seconds; in the mean 2 minutes in all. Waiting blocks the account for nothing."""

FAULTY_FOR = HOUR
"""How long tries after a deployment's fault are not counted, in seconds: a denied permission, a missing resource."""

type Jitter = Callable[[float, float], float]
"""A random number between two bounds: `random.uniform`, or a test's own."""


def before_retry(longest: tuple[int, ...], attempt: int, jitter: Jitter) -> int:
    """The wait after the failed `attempt`, in seconds; the first attempt is 1."""
    return round(jitter(1, longest[min(attempt, len(longest)) - 1]))


def before_uncounted(waited: float, jitter: Jitter) -> int:
    """The wait after a try that does not count, in seconds.

    `waited` is the time since SQS first delivered the message. The wait grows with it, to relieve a throttled table.
    """
    return round(jitter(2, min(max(waited, 4), HOUR)))


def while_faulty(jitter: Jitter) -> int:
    """The wait while the deployment is at fault, in seconds; short, because a person is repairing it."""
    return round(jitter(45, MINUTE))
