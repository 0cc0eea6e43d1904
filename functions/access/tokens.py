"""The bearer tokens of the apps that may ask, kept for five minutes so that a new token needs no deployment."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

from functions.access.problem import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_AGE = 300.0
"""Seconds after which a token that was removed opens nothing."""
MIN_INTERVAL = 10.0
"""Seconds between fetches after unknown tokens, which anybody can send."""
SHORTEST = 32
"""The fewest characters of a token; a shorter one could be guessed, and is never accepted."""


class Tokens:
    """The tokens that were fetched last.

    Args:
        fetch: Returns the secret's value, `{"<app>": "token" or ["new", "old"], …}`; raises ProblemError (503).
    """

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._known: tuple[tuple[str, bytes], ...] = ()
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    def holder_of(self, event: Mapping[str, Any], now: float) -> str:
        """The name of the app whose token the request carries; `now` is Unix time in seconds.

        Raises:
            ProblemError: 401, no known token; 503, the tokens cannot be fetched.
        """
        scheme, _, token = str((event.get("headers") or {}).get("authorization") or "").partition(" ")
        given = token.strip().encode(errors="replace") if scheme.lower() == "bearer" else b""
        if not 0 <= now - self._fetched_at < MAX_AGE:
            self._renew(now)
        holder = self._holder_of(given)
        if holder is None and len(given) >= SHORTEST and not 0 <= now - self._tried_at < MIN_INTERVAL:
            self._renew(now)
            holder = self._holder_of(given)
        if holder is None:
            detail = "Send Authorization: Bearer <token>, with a token that `./billhook token NAME` has made."
            raise ProblemError(401, "unauthorized", detail)
        return holder

    def _holder_of(self, given: bytes) -> str | None:
        """The app of a token. Each token is compared, in constant time, so that the time tells nothing."""
        equal = [name for name, known in self._known if hmac.compare_digest(known, given)]
        return equal[0] if equal else None

    def _renew(self, now: float) -> None:
        self._tried_at = now
        self._known = tuple(_parse(self._fetch()))
        self._fetched_at = now


def _parse(text: str) -> list[tuple[str, bytes]]:
    """Each name with each of its tokens, without tokens that are too short.

    Raises:
        ProblemError: 503, the value has another shape. Neither the detail nor the cause quotes it.
    """
    try:
        named = {name: value if isinstance(value, list) else [value] for name, value in json.loads(text).items()}
        pairs = [(name, str.strip(token).encode()) for name, tokens in named.items() for token in tokens]
    except (AttributeError, RecursionError, TypeError, ValueError):
        cause = 'The secret has the wrong shape. Set it to one JSON object, {"shop": "token", "app": ["new", "old"]}.'
        # `from None`: a JSONDecodeError holds the whole secret.
        raise ProblemError(503, "tokens_unavailable", "The tokens cannot be read.", cause) from None
    return [(name, token) for name, token in pairs if len(token) >= SHORTEST]
