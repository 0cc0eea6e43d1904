"""The books in DynamoDB: one consistent read a record."""

from dataclasses import dataclass

from functions.consumer.store import Store, from_item, to_item
from shared.accounts import ConnectedAccount, PayoutRecord
from shared.orders import Order
from shared.payments import Payment
from shared.policy import Policy
from shared.records import Organization, Record


@dataclass(frozen=True)
class DynamoBooks:
    """Reads records as they were last committed. Implements `shared.books.Books`."""

    store: Store
    policy: Policy

    def organization(self, account: str, customer: str) -> Organization:
        """The organization of a customer; raises botocore's errors if DynamoDB does not answer."""
        return self._read(Organization(account=account, subject=customer))

    def order(self, account: str, subject: str, session: str) -> Order:
        """The order bought in a Checkout session; raises botocore's errors if DynamoDB does not answer."""
        return self._read(Order(account=account, subject=subject, session_id=session))

    def payment(self, account: str, payment: str) -> Payment:
        """A payment; raises botocore's errors if DynamoDB does not answer."""
        return self._read(Payment(account=account, subject=payment))

    def payout(self, account: str, payout: str) -> PayoutRecord:
        """A payout; raises botocore's errors if DynamoDB does not answer."""
        return self._read(PayoutRecord(account=account, subject=payout))

    def connected(self, account: str) -> ConnectedAccount:
        """A connected account; raises botocore's errors if DynamoDB does not answer."""
        return self._read(ConnectedAccount(account=account, subject=account))

    def _read[Kept: Record](self, empty: Kept) -> Kept:
        key = to_item({"pk": empty.partition, "sk": empty.sort_key})
        item = self.store.client.get_item(TableName=self.store.books, Key=key, ConsistentRead=True).get("Item")
        if item is None:
            return empty
        kept = from_item(item)
        return type(empty).model_validate_json(kept["record"]).model_copy(update={"version": kept["version"]})
