"""`make secret`: store a further signing secret for an endpoint; its other secrets stay valid, unless --alone.

The secret is typed at a prompt, or piped in: `stripe listen --print-secret | make secret NAME=cli`.
It works on the cloud that `make run` started, or, with --secret-id, on the AWS account of your credentials.
"""

import argparse
import json
import sys
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cli.local.running import NothingRunsError, client, running
from cli.operate.entered import NotEnteredError, entered

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


def main() -> int:
    """Add one secret; the exit code is 0 if it is stored."""
    parser = argparse.ArgumentParser(prog="make secret NAME=…", description=__doc__, allow_abbrev=False)
    parser.add_argument("name", help="the endpoint: direct, connect, cli, or a name of your own")
    parser.add_argument(
        "--alone", action="store_true", help="remove its other secrets, because they have expired or leaked"
    )
    parser.add_argument("--secret-id", help="the stack's output SigningSecretsId; the running local cloud's by default")
    asked, others = parser.parse_known_args()
    if others:  # not repeated: one of them may be a secret
        sys.stderr.write("not stored: type the secret at the prompt, or pipe it into standard input\n")
        return 2
    try:
        value = entered(f"signing secret of {asked.name}, whsec_…")
    except NotEnteredError as error:
        sys.stderr.write(f"not stored: {error}\n")
        return 1
    if not value.startswith("whsec_"):
        sys.stderr.write("not stored: a signing secret starts with whsec_; copy it from the endpoint at Stripe\n")
        return 1
    try:
        secret_id, manager = (asked.secret_id, boto3.client("secretsmanager")) if asked.secret_id else _local()
        add(manager, secret_id, asked.name, value, alone=asked.alone)
    except (NothingRunsError, ClientError, BotoCoreError, ValueError) as error:
        sys.stderr.write(f"not stored: {error}\n")
        return 1
    theirs = "are refused within five minutes" if asked.alone else "stay valid too"
    print(f"stored for {asked.name}; valid within seconds, and the secrets it had {theirs}")
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


def _local() -> tuple[str, "SecretsManagerClient"]:
    return running()["signing_secrets_id"], client("secretsmanager")


if __name__ == "__main__":
    sys.exit(main())
