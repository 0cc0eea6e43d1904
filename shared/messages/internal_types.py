"""The message types that Billhook sends to itself and accepts from no one else."""

SCHEDULED = ("reminder.", "farewell.", "erasure.", "summary.")
OBSERVED = "observed."
ERASURE_CHECK = "observed.erasure"
GRANT = "grant."
OWN_PREFIXES = (*SCHEDULED, OBSERVED, GRANT)


def is_internal(type_: str) -> bool:
    """Whether only Billhook itself sends messages of this type."""
    return type_.startswith(OWN_PREFIXES)


def is_observed(type_: str) -> bool:
    """Whether a message of this type holds what the effects worker has read at Stripe."""
    return type_.startswith(OBSERVED)


def holds_ids_only(type_: str) -> bool:
    """Whether a message of this type holds ids only; the inbox has them, too, so the message is not archived."""
    return type_.startswith(SCHEDULED) or type_ == ERASURE_CHECK
