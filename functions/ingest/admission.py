"""Admission: beyond a full queue, an account over its fair share is answered 503, and Stripe sends again later."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.ingest.rejection import RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable

FRESH = 30.0
"""Seconds for which a size of the queue is believed."""
WINDOW = 300.0
"""Seconds of this environment's requests in which an account has its share."""
REMEMBERED = 10_000
"""Requests that an environment remembers; a busy one sees its share in fewer than `WINDOW` seconds."""
AT_LEAST = 10
"""Events of an account in `WINDOW` that are always within its share: so few fill no queue."""
SLACK = 1.5
"""How much more than an equal share an account may have: equal accounts are never quite equal."""
RETRY_AFTER = 300
"""Seconds in the answer's Retry-After. Stripe has a schedule of its own, and retries for three days."""


@dataclass(slots=True)
class Admission:
    """Admits events while the queue is short, and beyond that the accounts within their fair share.

    SQS looks for a free message group among the first 120,000 messages of a FIFO queue (docs/runbook.md#backlog). One
    account's backlog beyond them would hide all other accounts.

    Attributes:
        waiting: Returns how many messages wait, approximately; None if it is unknown.
        limit: Every event is admitted while at most this many messages wait; 0 for no limit.
    """

    waiting: Callable[[], int | None]
    limit: int
    _size: int = field(default=0, init=False)
    _asked_at: float | None = field(default=None, init=False)
    _seen: deque[tuple[float, str]] = field(default_factory=deque, init=False)
    _counts: Counter[str] = field(default_factory=Counter, init=False)

    def check(self, account: str, now: float) -> None:
        """Count an event of `account` at `now`, in Unix seconds.

        An environment's first request does not wait for the queue's size. A size that is unknown admits.

        Raises:
            RejectedError: 503, the queue is full and the account has more than its share of the recent events.
        """
        if not self.limit:
            return
        self._forget(now)
        self._seen.append((now, account))
        self._counts[account] += 1
        full, count = self._is_full(now), self._counts[account]
        if full and count > AT_LEAST and count * len(self._counts) > SLACK * len(self._seen):
            text = "Many events wait, most of them of this account: send it again later."
            raise RejectedError(503, "over_fair_share", text, retry_after=RETRY_AFTER)

    def _is_full(self, now: float) -> bool:
        if self._asked_at is None:
            self._asked_at = now - FRESH  # the second request asks
            return False
        if not 0 <= now - self._asked_at < FRESH:
            self._asked_at = now
            self._size = self.waiting() or 0
        return self._size > self.limit

    def _forget(self, now: float) -> None:
        while self._seen and (len(self._seen) >= REMEMBERED or self._seen[0][0] <= now - WINDOW):
            _, account = self._seen.popleft()
            self._counts[account] -= 1
            if not self._counts[account]:
                del self._counts[account]
