"""The two lanes of an outbox: a throttled mail must hold up no other effect, so mails have a queue of their own."""

from typing import Literal

type Lane = Literal["effects", "mails"]
"""Which of the two queues an entry is performed from."""

LANES: tuple[Lane, ...] = ("effects", "mails")
