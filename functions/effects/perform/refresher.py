"""A refresh: a look at a Checkout session for an app whose webhook is late, at most once a minute.

Nothing is retried: the app asks again. The outcome stands in the table `access` for the app to be told.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shared.effects.observe import Observe
from shared.failures.errors import Misconfigured, Retryable
from shared.messages.session_refresh import REFRESH_EVERY, SessionRefresh
from shared.tables.attributes import to_item
from shared.tables.store import Store
from shared.values import keys
from shared.values.times import DAY

TOO_OLD = 600
"""Seconds after which nobody waits for a refresh."""


@dataclass(frozen=True)
class Refresher:
    """Looks at sessions with `observe`, which returns an outcome, and remembers it in the table `access`."""

    store: Store
    observe: Callable[[Observe], str]

    def take(self, refresh: SessionRefresh, sent_ms: int) -> str:
        """Look at a session, and return the outcome; `sent_ms` is when it was asked for, in epoch milliseconds.

        The outcome is that of `Observer.observe`; or `stripe failed`, `asked before` or `too late`.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: AWS did not answer.
        """
        now = self.store.now()
        if now - sent_ms / 1000 > TOO_OLD:
            return "too late"
        if not self._begun(refresh, now):
            return "asked before"
        # A minute has one name, so that the queue and the inbox know a repetition.
        event = f"refresh {now // REFRESH_EVERY}"
        effect = Observe(object="checkout_session", account=refresh.account, id=refresh.session, event=event)
        try:
            outcome = self.observe(effect)
        except (Misconfigured, Retryable):
            outcome = "stripe failed"
        self._write(refresh, now, outcome)
        return outcome

    def _begun(self, refresh: SessionRefresh, now: int) -> bool:
        """Whether this refresh is the first within a minute; it is remembered before Stripe is asked."""
        try:
            self._write(refresh, now, None)
        except self.store.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _write(self, refresh: SessionRefresh, now: int, outcome: str | None) -> None:
        place = {"pk": keys.session(refresh.account, refresh.session), "sk": keys.REFRESH}
        times = {"asked_at": now, "saved_ms": now * 1000, "expires_at": now + DAY}
        self.store.client.put_item(
            TableName=self.store.access,
            Item=to_item({**place, **times, "outcome": outcome}),
            ConditionExpression="attribute_not_exists(pk) OR asked_at <= :before OR asked_at = :mine",
            ExpressionAttributeValues=to_item({":before": now - REFRESH_EVERY, ":mine": now if outcome else -1}),
        )
