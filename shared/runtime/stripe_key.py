"""An API key of Stripe: its prefix says in which mode it works (https://docs.stripe.com/keys)."""

import re

_KEY = re.compile(r"[rs]k_(live|test)_\S+")


def mode_of(key: str) -> str | None:
    """The mode of an API key, `live` or `test`; None if the text is no secret or restricted key."""
    known = _KEY.fullmatch(key)
    return known[1] if known else None


def is_of_mode(mode: str, *, livemode: bool | None) -> bool:
    """Whether a key of `mode` can read what a stack for `livemode` handles; None stands for both modes."""
    return livemode is None or (mode == "live") == livemode
