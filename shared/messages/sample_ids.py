"""The id that Stripe gives to every test event from its Dashboard.

Such events are not repetitions of each other, although their creation time is the same, too.
"""

from __future__ import annotations

import re

SHARED = re.compile(r"evt_0+")


def is_shared_by_samples(event_id: str) -> bool:
    """Whether `event_id` is `evt_` and zeros only."""
    return SHARED.fullmatch(event_id) is not None
