"""The message types that Billhook sends to itself and accepts from no one else."""

SCHEDULED = ("reminder.", "farewell.", "erasure.", "summary.")
OBSERVED = "observed."
ERASURE_CHECK = "observed.erasure"
GRANT = "grant."
PLANS = "plans."
OWN_PREFIXES = (*SCHEDULED, OBSERVED, GRANT, PLANS)


def is_internal(type_: str) -> bool:
    """Whether only Billhook itself sends messages of this type."""
    return type_.startswith(OWN_PREFIXES)


def is_observed(type_: str) -> bool:
    """Whether a message of this type holds what the effects worker has read at Stripe."""
    return type_.startswith(OBSERVED)


def needs_no_archive(type_: str) -> bool:
    """Whether a message of this type holds ids, which the inbox has too, or what an access item said before.

    A message of new rules is archived all the same if its decision changes facts.
    """
    return type_.startswith((*SCHEDULED, PLANS)) or type_ == ERASURE_CHECK
