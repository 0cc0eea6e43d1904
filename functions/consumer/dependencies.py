"""The consumer: what its stages need, as the composition root hands it on."""

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
class Consumer:
    """Everything that a stage acts on or asks. `sleep` takes seconds."""

    store: Store
    verifier: Verifier
    books: Books
    prefetch: Prefetch
    handover: Handover
    decide: Callable[[Event, Books], Decision]
    ignore: Callable[[Message], str | None]
    jitter: Jitter = random.uniform
    sleep: Callable[[float], None] = time.sleep
