"""`billhook token`: make a bearer token for an app that asks for access, store it, and print it once."""

import secrets

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RefusedError, in_words
from cli.operate.audit import Change, audited
from cli.operate.secret import add
from cli.where import HERE, Where


def token(app: str, /, *, alone: bool = False, secret_id: str | None = None, where: Where = HERE) -> None:
    """Make a token for an app that asks for access.

    The command prints the token, only now. The app's other tokens stay valid, unless --alone.

    Args:
        app: a name for the app, which the log shows, such as shop.
        alone: remove the app's other tokens, because they are replaced or have leaked.
        secret_id: the secret that holds the tokens; by default the stack's own.
        where: the stack.
    """
    made = secrets.token_urlsafe(32)
    try:
        with audited(where, Change("token", {"app": app, "alone": alone})) as counts:
            add(where.client("secretsmanager"), secret_id or f"{where.name}/access-tokens", app, made, alone=alone)
            counts["stored"] += 1
    except (RefusedError, ClientError, BotoCoreError, ValueError) as error:
        raise RefusedError(f"not stored: {in_words(error) or error}") from None
    print(made)
