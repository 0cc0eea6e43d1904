"""Names that only we can compute: the token of an export's link, and the tombstone of an erased customer.

Each is an HMAC under a key of the stack's own: a link cannot be guessed, and a tombstone tells nobody whose it is.
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
"""The token of a purpose and a partition: 43 characters of [A-Za-z0-9_-]."""


def tokens(client: "SecretsManagerClient", secret_id: str) -> Token:
    """A function that makes tokens; the key is fetched when the first is asked for, and kept.

    It raises botocore's errors if Secrets Manager does not answer.
    """

    @cache
    def key() -> bytes:
        return client.get_secret_value(SecretId=secret_id)["SecretString"].encode()

    def token(purpose: str, partition: str) -> str:
        digest = hmac.digest(key(), f"{purpose}\n{partition}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    return token


def export_key(token: Token, partition: str) -> str:
    """Where the export of a partition lies in the bucket: under a hash, since logs and download histories name it."""
    return f"exports/{hashlib.sha256(token('export', partition).encode()).hexdigest()}.json"


def tombstone(token: Token, account: str, customer: str) -> str:
    """The partition of an erased customer's tombstone."""
    return f"erased#{token('tombstone', keys.partition(account, customer))}"


def link_maker(url: str, token: Token) -> Callable[[str], str]:
    """A function that makes the link to the export of a partition, under `url`."""
    return lambda partition: f"{url.rstrip('/')}/{token('export', partition)}"
