"""Why a claim fails: another lease, or a message that waits for its dead-letter queue."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LeasedElsewhere:
    """Another process holds the lease for `seconds` more."""

    seconds: int


@dataclass(frozen=True)
class AwaitingDeadLetter:
    """The attempts are used up: SQS moves the message to the dead-letter queue after its own number of receives."""
