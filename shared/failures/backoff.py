"""How long to wait before the next try, in seconds, with jitter so that what failed together returns apart."""

from collections.abc import Callable

from shared.values.times import HOUR

MINUTE = 60

ATTEMPTS = 8
"""The first try and 7 retries."""

SERVICE = (MINUTE, 4 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 4 * HOUR)
"""The longest waits after a service failed: 5.7 hours in the mean. Waiting cures an outage."""

BUG = (2, 4, 8, 16, 32, 64, 120)
"""The longest waits after anything unexpected: 2 minutes in the mean. Waiting cures no bug, and the account waits."""

FAULTY_FOR = HOUR
"""How long a deployment's own fault (a denied permission, a missing resource) is waited out, uncounted."""

type Jitter = Callable[[float, float], float]
"""A uniform random number between two: `random.uniform`, or a test's own."""


def before_retry(longest: tuple[int, ...], attempt: int, jitter: Jitter) -> int:
    """How long to wait after `attempt` (1 is the first) failed."""
    return round(jitter(1, longest[min(attempt, len(longest)) - 1]))


def before_uncounted(waited: float, jitter: Jitter) -> int:
    """How long to wait after a try that does not count, `waited` seconds after SQS first handed the message out.

    The wait grows with the time already waited, so that a throttled table is asked less and less.
    """
    return round(jitter(2, min(max(waited, 4), HOUR)))


def while_faulty(jitter: Jitter) -> int:
    """How long to wait for a deployment that is at fault: short, because a person is mending it."""
    return round(jitter(45, MINUTE))
