"""Which events an endpoint vouches for, by the name under which its signing secret is stored."""

UNVOUCHED = {
    "connect": "the endpoint connect vouches only for events that name an account",
    "direct": "the endpoint direct vouches only for events that name no account",
}


def unvouched(endpoint: str | None, account: str | None) -> str | None:
    """Why `endpoint` does not vouch for an event of `account` (None for the platform's own); None if it does."""
    match endpoint:
        case "connect" if account is None:
            return UNVOUCHED["connect"]
        case "direct" if account is not None:
            return UNVOUCHED["direct"]
    return None
