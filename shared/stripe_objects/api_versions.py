"""Stripe's API versions that our reading of its objects was written against and is tested on."""

OLDEST = "2024-06-20"
"""The samples in `events/before_basil` are of it; older ones shape payments otherwise."""
NEWEST = "2026-10-28.endive"
"""The one that `make endpoint` pins. Before it is raised, read https://docs.stripe.com/changelog for what we read."""


def is_known(version: str) -> bool:
    """Whether `version`, such as `2025-03-31.basil`, lies between the two; only its date counts."""
    return OLDEST <= version[:10] <= NEWEST[:10]
