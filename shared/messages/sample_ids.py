"""The one id that Stripe gives to every test event that is sent from its Dashboard: they are no repetitions.

Their time of creation is always the same, too, so that nothing in them tells one from the next.
"""

from __future__ import annotations

import re

SHARED = re.compile(r"evt_0+")


def is_shared_by_samples(event_id: str) -> bool:
    """Whether `event_id` is `evt_00000000000000`, with however many zeros."""
    return SHARED.fullmatch(event_id) is not None
