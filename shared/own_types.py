"""The message types that Billhook sends to itself, which therefore nobody else may send."""

OWN_PREFIXES = ("reminder.", "farewell.", "erasure.")


def is_own(type_: str) -> bool:
    """Whether a message of this type can only come from Billhook's own schedules, never from Stripe."""
    return type_.startswith(OWN_PREFIXES)
