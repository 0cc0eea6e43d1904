"""The keys that sign Billhook's own messages, fetched from Secrets Manager and kept for five minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.failures.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_secretsmanager import SecretsManagerClient

MAX_AGE = 300.0  # seconds; a key that was removed verifies nothing after that
MIN_INTERVAL = 10.0  # seconds between fetches because of MACs that no known key made
MIN_LENGTH = 32  # characters of a key


def parse_keys(text: str) -> tuple[bytes, ...]:
    """The keys in the secret's value, one on each line. The first signs; all of them verify.

    Raises:
        Misconfigured: there is no key, or one has fewer than 32 characters.
    """
    keys = text.split()
    if not keys or any(len(key) < MIN_LENGTH for key in keys):
        raise Misconfigured("message_key")
    return tuple(key.encode() for key in keys)


@dataclass(frozen=True, slots=True)
class KeySecret:
    """The secret `secret_id` in Secrets Manager."""

    client: SecretsManagerClient
    secret_id: str

    def fetch(self) -> str:
        """The secret's current value; empty if it is binary.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: Secrets Manager refused, or did not answer.
        """
        return self.client.get_secret_value(SecretId=self.secret_id).get("SecretString", "")


class MessageKeys:
    """The keys that were fetched last; `fetch` returns the secret's current value. Times are epoch seconds.

    Every method raises what `fetch` raises, and Misconfigured if the secret holds no usable key.
    """

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._keys: tuple[bytes, ...] = ()
        self._fetched_at = float("-inf")

    def signing(self, now: float) -> bytes:
        """The key to sign with."""
        return self.current(now)[0]

    def current(self, now: float) -> Sequence[bytes]:
        """The keys to verify with, at most five minutes old."""
        return self._younger_than(MAX_AGE, now)

    def renewed(self, now: float) -> Sequence[bytes]:
        """The keys to verify with, at most ten seconds old: after a rotation a message is verified at once."""
        return self._younger_than(MIN_INTERVAL, now)

    def _younger_than(self, age: float, now: float) -> Sequence[bytes]:
        if not 0 <= now - self._fetched_at < age:
            self._keys = parse_keys(self._fetch())
            self._fetched_at = now
        return self._keys
