"""Retry: when an effect that failed is tried again, and when it is given up."""

from shared.failures.backoff import ATTEMPTS, BUG, FAULTY_FOR, SERVICE, Jitter, before_retry, while_faulty
from shared.failures.errors import MailDeferred, OverLimit
from shared.failures.kinds import failure_of
from shared.inbox.progress import Progress
from shared.values.times import HOUR

FIRST_PAUSE = 30
"""Seconds, at most, before the second attempt at a mail that SES did not take; each further wait is twice as long."""


def after_failure(progress: Progress, error: Exception, now: float, jitter: Jitter, *, mail: bool) -> Progress:
    """`progress` after an attempt that raised `error`, at epoch seconds `now`.

    There are five kinds of failure:
    - The hour's limit of erasures or exports is reached: tried in the next hour, uncounted, for as long as it takes.
    - SES takes no mail: tried until the mail expires, first within a minute, and at last every hour.
    - A service fails: tried 7 times more over about 6 hours.
    - The deployment is at fault: tried every minute for an hour, uncounted.
    - Anything else: tried 7 times more over about 2 minutes.
    """
    failure = failure_of(error)
    again = progress.model_copy(update={"error": str(failure)})
    if isinstance(error, OverLimit):
        until = int(now) + error.seconds
        return again.model_copy(update={"not_before": until, "put_off_until": until, "faulty_since": 0})
    if isinstance(error, MailDeferred) or (mail and failure.kind in {"service", "throttled"}):
        asked = error.seconds if isinstance(error, MailDeferred) else 0
        longest = max(asked, min(FIRST_PAUSE * 2**progress.deferrals, HOUR))
        wait = round(jitter(longest * 0.75, longest))
        deferrals = progress.deferrals + 1
        return again.model_copy(update={"deferrals": deferrals, "not_before": int(now) + wait, "faulty_since": 0})
    if failure.kind == "deployment":
        since = progress.faulty_since or int(now)
        if now - since < FAULTY_FOR:
            return again.model_copy(update={"faulty_since": since, "not_before": int(now) + while_faulty(jitter)})
    elif failure.kind != "permanent" and progress.attempts + 1 < ATTEMPTS:
        attempts = progress.attempts + 1
        wait = before_retry(BUG if failure.kind == "bug" else SERVICE, attempts, jitter)
        return again.model_copy(update={"attempts": attempts, "not_before": int(now) + wait, "faulty_since": 0})
    given_up = {"attempts": progress.attempts + 1, "not_before": 0, "failed_ms": int(now * 1000)}
    return again.model_copy(update=given_up)
