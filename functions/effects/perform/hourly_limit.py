"""The hourly limit: at most so many erasures, and as many exports, are begun in one hour of the whole stack.

A leaked secret, or a mistake at Stripe, may end thousands of subscriptions at once. Beyond the limit an effect waits
for a later hour and is never dropped; an alarm tells an engineer, who has the time to look.
"""

from dataclasses import dataclass
from typing import Literal

from shared.failures.backoff import Jitter
from shared.failures.errors import OverLimit
from shared.tables.attributes import to_item
from shared.tables.store import Store
from shared.values.times import DAY, HOUR

type Limited = Literal["erasures", "exports"]


@dataclass(frozen=True)
class HourlyLimit:
    """Counts what is begun, in one item of the inbox table for each hour; `most` is 0 for no limit."""

    store: Store
    most: int
    jitter: Jitter

    def take(self, kind: Limited) -> None:
        """Count one more of `kind` in this hour.

        Raises:
            OverLimit: the hour is full. The wait ends within the next hour, at a random moment, so that not all come
                back at once.
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
        """
        if not self.most:
            return
        now = self.store.now()
        hour, gone = divmod(now, HOUR)
        try:
            self.store.client.update_item(
                TableName=self.store.inbox,
                Key=to_item({"id": f"limit#{kind}#{hour}"}),
                UpdateExpression="ADD begun :one SET expires_at = :expires",
                ConditionExpression="attribute_not_exists(begun) OR begun < :most",
                ExpressionAttributeValues=to_item({":one": 1, ":most": self.most, ":expires": now + DAY}),
            )
        except self.store.client.exceptions.ConditionalCheckFailedException:
            raise OverLimit(f"{kind}_an_hour", HOUR - gone + round(self.jitter(0, HOUR))) from None
