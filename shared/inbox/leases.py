"""What a claim finds when it fails: another lease, or a message that waits for its dead-letter queue."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LeasedElsewhere:
    """Another process holds the lease for `seconds` more."""

    seconds: int


@dataclass(frozen=True)
class AwaitingDeadLetter:
    """Given up already: SQS counts the message's receives until it moves it to the dead-letter queue itself."""
