"""Decide when to retry an attempt that failed before its commit, or that no retry follows."""

from dataclasses import dataclass

from functions.consumer.commit.claims import Claimed
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

    `faulty_since` is when the deployment's fault began, in epoch seconds; None for any other failure.
    """

    wait: int
    counted: bool = True
    faulty_since: int | None = None


def retry_after(claimed: Claimed, failure: Failure, waited: float, now: int, jitter: Jitter) -> Retry | None:
    """The attempt that follows `failure`; None if the consumer gives the event up. `now` is in epoch seconds.

    `waited` is in seconds, since SQS first handed the message out. A deployment's hour begins with its fault, since
    the message may have waited for another cause before.
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
