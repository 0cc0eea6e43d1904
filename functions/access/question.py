"""The question: whom a request asks about, and for which feature or limit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from functions.access.problem import ProblemError
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_ID = 255
"""The longest id of Stripe's, in characters."""
LONGEST_REFERENCE = 500
"""The longest reference, in characters: that of a value in Stripe's metadata."""
LONGEST_NAME = 100
"""The longest name of a feature or a limit, in characters."""
ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{1,250}")
PARAMETERS = ("account", "reference", "feature", "limit")


@dataclass(frozen=True, slots=True)
class Question:
    """Whom a request asks about: either `customer` or `reference` is set; of `feature` and `limit` at most one."""

    account: str
    customer: str | None
    reference: str | None
    feature: str | None
    limit: str | None


def read_question(event: Mapping[str, Any]) -> Question:
    """The question in an HTTP API event of payload format 2.0.

    Raises:
        ProblemError: 400, the request asks nothing that access can answer; the detail says why.
    """
    customer = (event.get("pathParameters") or {}).get("customer")
    given = _parameters(str(event.get("rawQueryString") or ""))
    reference, account = given.get("reference"), given.get("account", PLATFORM)
    if (customer is None) == (reference is None):
        raise _wrong("Ask for one customer: GET /access/{customer} or GET /access?reference=…, not both.")
    if customer is not None and not _is_text(customer, LONGEST_ID):
        raise _wrong(f"The customer in the path must have 1 to {LONGEST_ID} printable characters, such as cus_123.")
    if reference is not None and not _is_text(reference, LONGEST_REFERENCE):
        raise _wrong(f"reference must have 1 to {LONGEST_REFERENCE} printable characters.")
    if account != PLATFORM and not ACCOUNT.fullmatch(account):
        raise _wrong("account must be a connected account, acct_…; leave it out for the platform's own customers.")
    for name in ("feature", "limit"):
        if name in given and not _is_text(given[name], LONGEST_NAME):
            raise _wrong(f"{name} must have 1 to {LONGEST_NAME} printable characters.")
    if "feature" in given and "limit" in given:
        raise _wrong("Ask for a feature or for a limit, not for both at once.")
    return Question(account, customer, reference, given.get("feature"), given.get("limit"))


def _parameters(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=2 * len(PARAMETERS))
    except ValueError:
        raise _wrong("The query cannot be read: it must be name=value pairs in UTF-8, joined by &.") from None
    given = dict(pairs)
    if unknown := given.keys() - set(PARAMETERS):
        raise _wrong(f"{len(unknown)} parameters are unknown; the known ones are {', '.join(PARAMETERS)}.")
    if len(given) != len(pairs):
        raise _wrong("A parameter is given twice.")
    return given


def _is_text(value: str, longest: int) -> bool:
    return 0 < len(value) <= longest and value.isprintable()


def _wrong(detail: str) -> ProblemError:
    return ProblemError(400, "bad_request", detail)
