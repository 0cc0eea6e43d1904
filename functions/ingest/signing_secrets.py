"""The endpoints' signing secrets, kept for five minutes so that rolling one needs no deployment."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from functions.ingest.log import print_warning
from functions.ingest.rejection import RejectedError
from functions.ingest.signature import keyed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from hmac import HMAC

type Secrets = Mapping[str, tuple[bytes, ...]]
type Keys = Mapping[str, tuple[HMAC, ...]]

MAX_AGE = 300.0  # seconds; a secret that was removed verifies nothing after that
MIN_INTERVAL = 10.0  # seconds between fetches after failed verifications: anyone can cause those
ENDPOINT_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # also a path segment of the URL, and a message attribute

SHAPE = (
    'Set it to one JSON object, {"direct": "whsec_…", "connect": ["whsec_new", "whsec_old"]}: '
    "endpoint names of letters, digits, - and _, each with a secret or a list of secrets."
)


def parse_secrets(text: str) -> Secrets:
    """The secrets of each endpoint, without white space around them (a trailing newline never verifies).

    Args:
        text: The secret's value, `{"<endpoint>": "whsec_…" or ["whsec_…", …] or null, …}`.

    Raises:
        RejectedError: 503, the value has another shape. Neither the message nor the cause quotes it.
    """
    try:
        value = json.loads(text)
        return {_endpoint(name): _keys(secrets) for name, secrets in value.items()}
    except (AttributeError, RecursionError, TypeError, ValueError):
        # `from None`: a JSONDecodeError holds the whole secret.
        raise RejectedError(
            503, "secret_unreadable", "The signing secrets cannot be read.", f"The secret has the wrong shape. {SHAPE}"
        ) from None


def _endpoint(name: str) -> str:
    if not ENDPOINT_NAME.fullmatch(name):
        raise ValueError("not an endpoint name")
    return name


def _keys(secrets: Any) -> tuple[bytes, ...]:  # noqa: ANN401 - whatever JSON holds
    listed = secrets if isinstance(secrets, list) else [secrets or ""]
    # A blank secret is not set yet. As a key it would let anyone sign.
    return tuple(key for key in (str.strip(secret).encode() for secret in listed) if key)


class SigningSecrets:
    """The secrets that were fetched last.

    Args:
        fetch: Returns the secret's current value; raises RejectedError (503) if it cannot.

    Every `now` is Unix time in seconds, from a wall clock: a monotonic clock may stand still while Lambda freezes the
    process. If the clock was set back, the secrets count as expired.
    """

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._keys: Keys = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    def current(self, now: float) -> Keys:
        """The secrets as keys, at most five minutes old.

        Raises:
            RejectedError: 503, they are older and cannot be fetched.
        """
        if not 0 <= now - self._fetched_at < MAX_AGE:
            self._renew(now)
        return self._keys

    def renewed(self, now: float) -> Keys:
        """The secrets as keys, fetched again. If the last fetch was seconds ago, or this one fails, the known ones."""
        if not 0 <= now - self._tried_at < MIN_INTERVAL:
            try:
                self._renew(now)
            except RejectedError as rejection:
                print_warning(rejection)
        return self._keys

    def _renew(self, now: float) -> None:
        self._tried_at = now
        secrets = parse_secrets(self._fetch())
        self._keys = {endpoint: tuple(map(keyed, theirs)) for endpoint, theirs in secrets.items()}
        self._fetched_at = now
