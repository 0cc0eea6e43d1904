"""The message that asks the effects worker for a refresh of a Checkout session, whose webhook is late.

The access function sends it, and has no key to sign it. So it can ask for nothing else. The worker reads the session at
Stripe, and signs what it found.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from shared.values.platform import PLATFORM

SESSION = re.compile(r"cs_[A-Za-z0-9_]{1,252}")
ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{1,250}")
REFRESH_EVERY = 60
"""Seconds for which no second refresh at a session follows a first one."""


class SessionRefresh(NamedTuple):
    """The Checkout session to look at, and its account: acct_…, or `platform`."""

    account: str
    session: str


def refresh_body(refresh: SessionRefresh) -> str:
    """The body of the message."""
    return json.dumps({"refresh": refresh._asdict()})


def refresh_in(body: str) -> SessionRefresh | None:
    """What the message asks for; None if it asks for no refresh, or for one at something else."""
    try:
        asked: Any = json.loads(body)["refresh"]
        refresh = SessionRefresh(account=asked["account"], session=asked["session"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    known = all(isinstance(part, str) for part in refresh) and SESSION.fullmatch(refresh.session)
    return refresh if known and (refresh.account == PLATFORM or ACCOUNT.fullmatch(refresh.account)) else None
