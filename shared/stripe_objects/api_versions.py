"""The range of Stripe's API versions that Billhook reads and is tested with."""

OLDEST = "2024-06-20"
"""The version of the samples in `events/before_basil`; older versions have other payment objects."""
NEWEST = "2026-10-28.endive"
"""The version that `./billhook endpoint` pins. Before raising it, check https://docs.stripe.com/changelog."""


def is_known(version: str) -> bool:
    """Whether `version`, such as `2025-03-31.basil`, lies between the two; only its date counts."""
    return OLDEST <= version[:10] <= NEWEST[:10]
