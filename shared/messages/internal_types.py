"""The message types that Billhook sends to itself, which therefore nobody else may send."""

SCHEDULED = ("reminder.", "farewell.", "erasure.")
OBSERVED = "observed."
OWN_PREFIXES = (*SCHEDULED, OBSERVED)


def is_internal(type_: str) -> bool:
    """Whether a message of this type can only come from Billhook itself, never from Stripe."""
    return type_.startswith(OWN_PREFIXES)


def is_observed(type_: str) -> bool:
    """Whether a message of this type tells what the effects worker has read at Stripe."""
    return type_.startswith(OBSERVED)


def holds_ids_only(type_: str) -> bool:
    """Whether a message of this type holds nothing but ids, which the inbox has too: it need not be archived."""
    return type_.startswith(SCHEDULED)
