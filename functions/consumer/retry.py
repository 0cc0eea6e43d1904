"""What follows an attempt that failed before its commit: when the next one is, or that there is none."""

from dataclasses import dataclass

from functions.consumer.commit.claim import Claimed
from shared.failures.backoff import (
    ATTEMPTS,
    BUG,
    FAULTY_FOR,
    SERVICE,
    Jitter,
    before_retry,
    before_uncounted,
    while_faulty,
)
from shared.failures.kinds import Failure


@dataclass(frozen=True)
class Retry:
    """Another attempt in `wait` seconds, and whether the one that failed counts.

    `faulty_since` is since when the deployment has been at fault, in epoch seconds; None if something else failed.
    """

    wait: int
    counted: bool = True
    faulty_since: int | None = None


def retry_after(claimed: Claimed, failure: Failure, waited: float, now: int, jitter: Jitter) -> Retry | None:
    """The attempt that follows `failure` at epoch seconds `now`; None if the event is given up.

    `waited` is in seconds, since SQS first handed the message out. A deployment's hour begins with its fault: the
    message may have waited for something else before.
    """
    match failure.kind:
        case "throttled":
            return Retry(before_uncounted(waited, jitter), counted=False)
        case "deployment":
            since = claimed.faulty_since or now
            return Retry(while_faulty(jitter), counted=False, faulty_since=since) if now - since < FAULTY_FOR else None
        case "service" | "bug" if claimed.attempt < ATTEMPTS:
            return Retry(before_retry(SERVICE if failure.kind == "service" else BUG, claimed.attempt, jitter))
        case _:
            return None
