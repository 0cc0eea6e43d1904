"""What the stages of the consumer depend on, as the composition root makes it."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from functions.consumer.message import Message
from functions.consumer.prefetch.prefetch import Prefetch
from functions.consumer.verify import Verifier
from shared.decisions.decision import Decision
from shared.failures.backoff import Jitter
from shared.inbox.handover import Handover
from shared.records.books import Books
from shared.stripe_objects.event import Event
from shared.tables.store import Store


@dataclass(frozen=True)
class Dependencies:
    """The tables, the queues and the functions that a test replaces. `sleep` takes seconds."""

    store: Store
    verifier: Verifier
    books: Books
    prefetch: Prefetch
    handover: Handover
    decide: Callable[[Event, Books], Decision]
    ignore: Callable[[Message], str | None]
    """Why the consumer ignores a message, as `routes.Ignore` says; None if it does not."""
    jitter: Jitter = random.uniform
    sleep: Callable[[float], None] = time.sleep
