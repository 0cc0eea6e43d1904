"""The question: whom a request asks about, and for which feature or limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from functions.access.problem import ProblemError
from shared.messages.session_refresh import ACCOUNT, SESSION
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_ID = 255
"""The longest id of Stripe's, in characters."""
LONGEST_REFERENCE = 500
"""The longest reference, in characters: that of a value in Stripe's metadata."""
LONGEST_NAME = 100
"""The longest name of a feature or a limit, in characters."""
PARAMETERS = ("account", "reference", "feature", "limit")
LONGEST_WAIT = 4
"""The most digits of a wait."""
MOST_PAIRS = 8
"""The most name=value pairs in a query: twice the known ones."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whom a request asks about: either `customer` or `reference` is set; of `feature` and `limit` at most one."""

    account: str
    customer: str | None
    reference: str | None
    feature: str | None
    limit: str | None


@dataclass(frozen=True, slots=True)
class CheckoutQuestion:
    """The Checkout session that a request asks about, and the seconds for which the answer may wait."""

    account: str
    session: str
    wait: float


def read_question(event: Mapping[str, Any]) -> Question:
    """The question in an HTTP API event of payload format 2.0.

    Raises:
        ProblemError: 400, the request asks nothing that access can answer; the detail says why.
    """
    customer = (event.get("pathParameters") or {}).get("customer")
    given = _parameters(event, PARAMETERS)
    reference, account = given.get("reference"), _account(given)
    if customer is None and reference is None:
        raise _wrong("Name a customer: GET /access?reference=… with your own id, or GET /access/cus_… with Stripe's.")
    if customer is not None and reference is not None:
        raise _wrong("Name the customer once: GET /access?reference=… or GET /access/cus_…, not both.")
    if customer is not None and not customer.startswith("cus_"):
        raise _wrong(
            "The path must name Stripe's id of a customer, cus_…; for your own id use GET /access?reference=…."
        )
    if customer is not None and not _is_text(customer, LONGEST_ID):
        raise _wrong(f"The customer in the path must have 1 to {LONGEST_ID} printable characters, such as cus_123.")
    if reference is not None and not _is_text(reference, LONGEST_REFERENCE):
        raise _wrong(f"reference must have 1 to {LONGEST_REFERENCE} printable characters.")
    for name in ("feature", "limit"):
        if name in given and not _is_text(given[name], LONGEST_NAME):
            raise _wrong(f"{name} must have 1 to {LONGEST_NAME} printable characters.")
    if "feature" in given and "limit" in given:
        raise _wrong("Ask for a feature or for a limit, not for both at once.")
    return Question(account, customer, reference, given.get("feature"), given.get("limit"))


def read_checkout(event: Mapping[str, Any], longest: float, *, waits: bool = True) -> CheckoutQuestion:
    """The Checkout session in an HTTP API event of payload format 2.0; `longest` is the longest wait in seconds.

    A longer wait than `longest` is cut. The event may name a wait only if it `waits`.

    Raises:
        ProblemError: 400, the request names no Checkout session; the detail says why.
    """
    session = str((event.get("pathParameters") or {}).get("session_id"))
    given = _parameters(event, ("account", "wait") if waits else ("account",))
    if not SESSION.fullmatch(session):
        raise _wrong("The path must name a Checkout session, such as /checkout/cs_live_a1b2c3.")
    wait = given.get("wait", "0")
    if not (wait.isascii() and wait.isdigit() and len(wait) <= LONGEST_WAIT):
        raise _wrong("wait must be a whole number of seconds, such as wait=5.")
    return CheckoutQuestion(_account(given), session, min(int(wait), longest))


def _account(given: Mapping[str, str]) -> str:
    account = given.get("account", PLATFORM)
    if account != PLATFORM and not ACCOUNT.fullmatch(account):
        raise _wrong("account must be a connected account, acct_…; leave it out for the platform's own customers.")
    return account


def _parameters(event: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    query = str(event.get("rawQueryString") or "")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_PAIRS)
    except ValueError:
        raise _wrong("The query cannot be read: it must be name=value pairs in UTF-8, joined by &.") from None
    given = dict(pairs)
    if unknown := given.keys() - set(names):
        said = "1 parameter is" if len(unknown) == 1 else f"{len(unknown)} parameters are"
        raise _wrong(f"{said} unknown; the known ones are {', '.join(names)}.")
    if len(given) != len(pairs):
        twice = [name for name in names if sum(name == one for one, _ in pairs) > 1]
        raise _wrong(f"Give each parameter once; more often came: {', '.join(twice)}.")
    return given


def _is_text(value: str, longest: int) -> bool:
    return 0 < len(value) <= longest and value.isprintable()


def _wrong(detail: str) -> ProblemError:
    return ProblemError(400, "bad_request", detail)
