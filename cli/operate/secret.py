"""`billhook secret`: store a further signing secret for an endpoint; its other secrets stay valid, unless --alone.

The secret is typed at a prompt, or piped in: `stripe listen --print-secret | ./billhook secret cli`.
It works on the running local cloud, or, with --stack, on the AWS account of your credentials.
"""

import json
import sys
from typing import TYPE_CHECKING, Annotated

from botocore.exceptions import BotoCoreError, ClientError
from cyclopts import Parameter

from cli.errors import RefusedError, in_words
from cli.operate.audit import Change, audited
from cli.operate.entered import NotEnteredError, entered
from cli.where import HERE, Where

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


def secret(
    name: str,
    /,
    *others: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    alone: bool = False,
    secret_id: str | None = None,
    where: Where = HERE,
) -> int:
    """Store a signing secret of an endpoint.

    The command asks for the secret at a prompt, or reads it from a pipe:
    stripe listen --print-secret | ./billhook secret cli
    The endpoint's other secrets stay valid, unless --alone.

    Args:
        name: the endpoint: direct, connect, cli, or a name of your own.
        others: nothing; a secret that is typed here is refused and not repeated.
        alone: remove its other secrets, because they have expired or leaked.
        secret_id: the secret that holds them; by default the stack's own.
        where: the stack.
    """
    if others:  # not repeated: one of them may be a secret
        sys.stderr.write("not stored: type the secret at the prompt, or pipe it into standard input\n")
        return 2
    try:
        value = entered(f"signing secret of {name}, whsec_…")
    except NotEnteredError as error:
        raise RefusedError(f"not stored: {error}") from None
    if not value.startswith("whsec_"):
        raise RefusedError("not stored: a signing secret starts with whsec_; copy it from the endpoint at Stripe")
    try:
        stored = secret_id or f"{where.name}/stripe-signing-secrets"
        with audited(where, Change("secret", {"endpoint": name, "alone": alone})) as counts:
            add(where.client("secretsmanager"), stored, name, value, alone=alone)
            counts["stored"] += 1
    except (RefusedError, ClientError, BotoCoreError, ValueError) as error:
        raise RefusedError(f"not stored: {in_words(error) or error}") from None
    theirs = "are refused within five minutes" if alone else "stay valid too"
    print(f"stored for {name}; valid within seconds, and the secrets it had {theirs}")
    return 0


def add(manager: "SecretsManagerClient", secret_id: str, name: str, value: str, *, alone: bool = False) -> None:
    """Store `value` before the other secrets of endpoint `name`, or in their place if `alone`.

    Raises:
        ValueError: the stored value is not the JSON that ingest reads.
        botocore.exceptions.ClientError, BotoCoreError: the secret could not be read or stored.
    """
    stored = json.loads(manager.get_secret_value(SecretId=secret_id)["SecretString"])
    known = [] if alone else stored.get(name) or []
    others = [known] if isinstance(known, str) else known
    stored[name] = [value, *(other for other in others if other != value)]
    manager.put_secret_value(SecretId=secret_id, SecretString=json.dumps(stored))
