"""The two lanes of an outbox: mails have their own queue, so that a throttled mail delays no other effect."""

from typing import Literal

type Lane = Literal["effects", "mails"]
"""The queue whose worker performs an entry."""

LANES: tuple[Lane, ...] = ("effects", "mails")
