"""Why an event cannot travel in the queue."""

from typing import Literal

type Reason = Literal["not_an_event", "own_type", "too_large"]


class UnqueueableEventError(Exception):
    """An event that no message can carry; the text says why and never quotes the event.

    Attributes:
        reason: One word for logs.
    """

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
