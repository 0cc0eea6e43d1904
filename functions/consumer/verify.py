"""Verification: before the claim, the consumer checks that Billhook itself sent the message.

A message that is not signed is never handled. SQS moves it to the dead-letter queue, where it waits for a person:
after a mistake with the keys it may be a customer's. The inbox keeps its message id and the reason, under a key that
no event has, so a planted message cannot block the event that it imitates.
"""

from dataclasses import dataclass

from functions.consumer.message import Message
from shared.messages.mac import verify
from shared.runtime.message_keys import MessageKeys
from shared.tables.attributes import to_item
from shared.tables.store import Store

GRACE = 30
"""Seconds during which a wrong MAC is checked again: a new key may not be visible everywhere yet."""
AGAIN = 10
"""Seconds between two of these checks."""


@dataclass(frozen=True)
class Distrust:
    """What becomes of a message that is not trusted: its state, its wait in seconds, and the reason."""

    state: str
    wait: int
    reason: str


@dataclass(frozen=True)
class Verifier:
    """Verifies with `keys`. Unsigned messages that SQS took before `accept_unsigned_until` (epoch seconds) pass."""

    keys: MessageKeys
    store: Store
    accept_unsigned_until: float = 0

    def distrust(self, message: Message) -> Distrust | None:
        """What to do with a message that Billhook did not sign; None if it did.

        Raises:
            Misconfigured: the secret holds no usable key.
            botocore.exceptions.ClientError, BotoCoreError: Secrets Manager or DynamoDB did not answer.
        """
        now = self.store.clock()
        verdict = verify(self.keys.current(now), message.body, message.attributes)
        if verdict == "wrong":
            verdict = verify(self.keys.renewed(now), message.body, message.attributes)
        if verdict == "signed" or (verdict == "unsigned" and now < self.accept_unsigned_until):
            return None
        reason = f"{verdict} MAC" if verdict == "wrong" else verdict
        if verdict == "wrong" and now - message.first_received_ms / 1000 < GRACE:
            return Distrust("unverified", AGAIN, reason)
        return Distrust("untrusted" if self._record(message, reason) else "untrusted before", 0, reason)

    def _record(self, message: Message, reason: str) -> bool:
        """Record the message id and the reason, and nothing that the message says; False if that was done before."""
        item = {
            "id": f"message:{message.message_id}",
            "state": "failed",
            "error": f"Untrusted {reason}",
            "message_id": message.message_id,
            "type": "untrusted",
            "account": "unknown",
            "attempts": 1,
            "token": "untrusted",
            "lease_until": 0,
            "received_ms": message.sent_ms,
            "started_ms": int(self.store.clock() * 1000),
            "failed_ms": int(self.store.clock() * 1000),
            "expires_at": self.store.expiry(),
        }
        try:
            self.store.client.put_item(
                TableName=self.store.inbox, Item=to_item(item), ConditionExpression="attribute_not_exists(id)"
            )
        except self.store.client.exceptions.ConditionalCheckFailedException:
            return False
        return True
