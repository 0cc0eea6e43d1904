"""Names that only the stack can compute: the token in an export's link, and the key of an erased customer's tombstone.

Each is an HMAC with the stack's secret key. So nobody can guess a link, and a tombstone reveals no customer.
"""

import base64
import hmac
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from shared.values import keys

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

type Token = Callable[[str, str], str]
"""Makes the token for a purpose and a partition: 43 characters of [A-Za-z0-9_-]."""


class Tokens:
    """Makes tokens. The first token fetches the key from Secrets Manager, and the instance keeps it."""

    def __init__(self, client: "SecretsManagerClient", secret_id: str) -> None:
        self._client = client
        self._secret_id = secret_id

    def __call__(self, purpose: str, partition: str) -> str:
        """The token of a purpose and a partition; raises botocore's errors if Secrets Manager does not answer."""
        digest = hmac.digest(self._key, f"{purpose}\n{partition}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @cached_property
    def _key(self) -> bytes:
        return self._client.get_secret_value(SecretId=self._secret_id)["SecretString"].encode()


def tombstone(token: Token, account: str, customer: str) -> str:
    """The partition of an erased customer's tombstone."""
    return f"erased#{token('tombstone', keys.partition(account, customer))}"
