"""Filters as people type them: `state:failed type:invoice.* account:acct_… customer:cus_… since:2h error:"…"`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from cli.errors import RefusedError
from cli.operate.reconcile_range import read_time

STATES = ("claimed", "committed", "failed", "done", "ignored")
UNFINISHED = frozenset(STATES[:3])
UNFINISHED_STATE = "unfinished"
"""Stands for any of the states in `UNFINISHED`."""
NAMES = ("state", "type", "account", "customer", "since", "error")


@dataclass(frozen=True)
class Filters:
    """What an event must be; an empty text asks for nothing. `since` is in epoch seconds, 0 for any time.

    `state` may also be `unfinished`: claimed, committed or failed.
    """

    state: str = ""
    type: str = ""
    account: str = ""
    customer: str = ""
    error: str = ""
    since: int = 0

    def match(self, item: Mapping[str, Any]) -> bool:
        """Whether an inbox item, as plain values, is wanted."""
        return (
            (self.state in {"", item["state"]} or (self.state == UNFINISHED_STATE and item["state"] in UNFINISHED))
            and self.error.lower() in str(item.get("error", "")).lower()
            and self.match_entry(item)
        )

    def match_entry(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry of the time index may be wanted: it has no state and no error."""
        return (
            fnmatchcase(str(entry["type"]), self.type or "*")
            and self.account in {"", entry["account"]}
            and self.customer in {"", entry.get("customer")}
            and entry["received_ms"] >= self.since * 1000
        )


def read_filters(words: Sequence[str], now: int) -> Filters:
    """The filters that `words` spell; `now` is in epoch seconds.

    Raises:
        RefusedError: a word is no filter; the text says which there are.
    """
    found: dict[str, Any] = {}
    for word in words:
        name, colon, value = word.partition(":")
        if not colon or name not in NAMES or not value:
            known = " ".join(f"{one}:…" for one in NAMES)
            raise RefusedError(f"{word} is no filter: there are {known}; for one event type ./billhook show evt_…")
        found[name] = read_time("since:", value, now) if name == "since" else value.strip('"')
    wanted = Filters(**found)
    if wanted.state and wanted.state not in {*STATES, UNFINISHED_STATE}:
        raise RefusedError(f"state:{wanted.state} is no state: there are {', '.join((*STATES, UNFINISHED_STATE))}")
    if re.match(r"cus_|cs_|pi_|ch_", wanted.account):
        raise RefusedError(f"account:{wanted.account} is no account: that is platform, or acct_…; say customer:…")
    return wanted
