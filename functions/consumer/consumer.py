"""The consumer: what the four stages need, as the composition root hands it on."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from functions.consumer.backoff import Jitter
from functions.consumer.look import Look
from functions.consumer.message import Message
from functions.consumer.perform import Performers
from functions.consumer.store import Store
from shared.books import Books
from shared.decision import Decision
from shared.event import Event


@dataclass(frozen=True)
class Consumer:
    """Everything that a stage acts on or asks."""

    store: Store
    books: Books
    look: Look
    performers: Performers
    decide: Callable[[Event, Books], Decision]
    ignore: Callable[[Message], str | None]
    jitter: Jitter = random.uniform
