"""Names that only the stack can compute: the token in an export's link, and the key of an erased customer's tombstone.

Each is an HMAC with the stack's secret key. So nobody can guess a link, and a tombstone reveals no customer.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from shared.values import keys

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

type Token = Callable[[str, str], str]
"""Makes the token for a purpose and a partition: 43 characters of [A-Za-z0-9_-]."""


def tokens(client: "SecretsManagerClient", secret_id: str) -> Token:
    """A function that makes tokens. Its first call fetches the key from Secrets Manager and keeps it.

    The function raises botocore's errors if Secrets Manager does not answer.
    """

    @cache
    def key() -> bytes:
        return client.get_secret_value(SecretId=secret_id)["SecretString"].encode()

    def token(purpose: str, partition: str) -> str:
        digest = hmac.digest(key(), f"{purpose}\n{partition}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    return token


def export_key(token: Token, partition: str) -> str:
    """The bucket key of a partition's export: a hash of the token, because logs and download histories show the key."""
    return f"exports/{hashlib.sha256(token('export', partition).encode()).hexdigest()}.json"


def tombstone(token: Token, account: str, customer: str) -> str:
    """The partition of an erased customer's tombstone."""
    return f"erased#{token('tombstone', keys.partition(account, customer))}"


def link_maker(url: str, token: Token) -> Callable[[str], str]:
    """A function that makes the link to the export of a partition, under `url`."""
    return lambda partition: f"{url.rstrip('/')}/{token('export', partition)}"
