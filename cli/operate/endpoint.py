"""`make endpoint`: have Stripe send what the route table handles, and store the signing secrets.

Two endpoints: direct, for the account's own events, and connect, for those of its connected accounts; a business
without any says --only direct. The API key comes from the environment variable STRIPE_API_KEY; a restricted key
will do that may write Webhook Endpoints and nothing else. Running it again changes what differs, or nothing.

An API version is fixed when an endpoint is made. So for another one, a new endpoint is made, its secret stored before
the old one's, and then the old one disabled. Meanwhile both send the same events under the same ids: each is handled
once. From then on Stripe retries nothing that the old one had not delivered. To lose none of it, say --keep-old, and
run it again without that after three days, when Stripe's retries are over.
"""

import argparse
import os
import re
import sys
from typing import TYPE_CHECKING, cast

import boto3
import stripe
from botocore.exceptions import BotoCoreError, ClientError
from stripe import InvalidRequestError, StripeClient, StripeError

from cli.operate.endpoint_plan import FINGERPRINT, MARK, Endpoint, Name, Wanted, fingerprint, plan, types_for
from cli.operate.secret import add
from functions.ingest.rejection import RejectedError
from functions.ingest.signing_secrets import parse_secrets

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from stripe import WebhookEndpoint
    from stripe.params import WebhookEndpointCreateParams, WebhookEndpointUpdateParams

KEY = re.compile(r"[rs]k_(live|test)_\w+")
SECRETS = re.compile(r"(whsec|[rs]k_live|[rs]k_test)_\w+")


class EndpointError(Exception):
    """It cannot be done, and the text says why."""


def main() -> int:
    """Bring Stripe's endpoints in line; 0 if they are."""
    parser = argparse.ArgumentParser(
        prog="make endpoint", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", help="whose outputs say the following two")
    parser.add_argument("--url", default="", help="the stack's output WebhookUrl")
    parser.add_argument("--secret-id", default="", help="the stack's output SigningSecretsId")
    parser.add_argument("--only", choices=["direct", "connect"], help="only this endpoint; both by default")
    parser.add_argument("--api-version", default=stripe.api_version, help="Stripe's; %(default)s by default")
    parser.add_argument("--keep-old", action="store_true", help="leave what is replaced enabled for now")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    asked = parser.parse_args()
    if stripe.log == "debug" or os.environ.get("STRIPE_LOG") == "debug":
        stripe.log = "info"  # at debug, the SDK prints Stripe's answers, and one of them is the secret
    try:
        key, mode = _key()
        outputs = (
            _outputs(asked.stack) if asked.stack else {"WebhookUrl": asked.url, "SigningSecretsId": asked.secret_id}
        )
        url = _base(outputs["WebhookUrl"])
        print(f"{mode} mode, API version {asked.api_version}{', dry run' if asked.dry_run else ''}")
        endpoints = Endpoints(StripeClient(key), boto3.client("secretsmanager"), outputs["SigningSecretsId"])
        names: list[Name] = [asked.only] if asked.only else ["direct", "connect"]
        for name in names:
            wanted = Wanted(name, f"{url}/{name}", asked.api_version, types_for(name))
            endpoints.bring(wanted, keep_old=asked.keep_old, dry_run=asked.dry_run)
    except (EndpointError, RejectedError, StripeError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"not done: {_explained(error)}\n")
        return 1
    return 0


class Endpoints:
    """The endpoints of one Stripe account, and where one stack keeps their secrets."""

    def __init__(self, client: StripeClient, manager: "SecretsManagerClient", secret_id: str) -> None:
        self._stripe = client.v1.webhook_endpoints
        self._manager = manager
        self._secret_id = secret_id

    def bring(self, wanted: Wanted, *, keep_old: bool, dry_run: bool) -> None:
        """Make Stripe have the wanted endpoint, and print what that took.

        Raises:
            EndpointError, RejectedError, StripeError, ClientError, BotoCoreError: it is not so. What was done until
                then stays, and the next run goes on from there.
        """
        # Reading first: who cannot reach the secret, or named another, makes no endpoint.
        stored = parse_secrets(self._manager.get_secret_value(SecretId=self._secret_id).get("SecretString", ""))
        there = [Endpoint.read(found) for found in self._stripe.list({"limit": 100}).auto_paging_iter()]
        todo = plan(wanted, there, stored.get(wanted.name, ()))
        for line in todo.lines(keep_old=keep_old):
            print(f"{wanted.name}: {line}")
        if dry_run:
            return
        if todo.keep is None:
            print(f"{wanted.name}: made {self._make(wanted)}, and its signing secret is stored")
        elif todo.change:
            self._stripe.update(todo.keep.id, cast("WebhookEndpointUpdateParams", todo.change))
        for old in () if keep_old else todo.disable:
            self._stripe.update(old.id, {"disabled": True})

    def _make(self, wanted: Wanted) -> str:
        """Make an endpoint that is of use: one whose secret is stored."""
        made = self._create(wanted)
        secret = str(made.secret)
        try:
            add(self._manager, self._secret_id, wanted.name, secret)
        except Exception as error:  # noqa: BLE001 - whatever it is, an endpoint whose secret nobody has is of no use
            outcome = self._withdraw(made.id)
            raise EndpointError(f"the signing secret could not be stored ({error}); {outcome}") from None
        # Only now: an endpoint of ours without it is one whose secret was lost on the way, and is replaced.
        self._stripe.update(made.id, {"metadata": {FINGERPRINT: fingerprint(secret.encode())}})
        return made.id

    def _create(self, wanted: Wanted) -> "WebhookEndpoint":
        params = {
            "url": wanted.url,
            "enabled_events": wanted.types,
            "api_version": wanted.api_version,
            "connect": wanted.name == "connect",
            "description": f"Billhook, {wanted.name}",
            "metadata": {MARK: wanted.name},
        }
        try:
            return self._stripe.create(cast("WebhookEndpointCreateParams", params))
        except InvalidRequestError as error:
            if wanted.name == "connect":
                hint = "a business without connected accounts says --only direct (ONLY=direct)"
                raise EndpointError(f"Stripe refuses the connect endpoint: {error}; {hint}") from None
            raise

    def _withdraw(self, endpoint_id: str) -> str:
        """Delete an endpoint whose secret nobody has, and say what became of it."""
        try:
            self._stripe.delete(endpoint_id)
        except StripeError as error:
            return f"{endpoint_id} is still at Stripe, since deleting it failed too ({error}): delete it"
        return f"{endpoint_id} is deleted again"


def _key() -> tuple[str, str]:
    """The API key, and whether it is for live or test mode."""
    key = os.environ.get("STRIPE_API_KEY", "").strip()
    if not key:
        raise EndpointError("set STRIPE_API_KEY; a restricted key that may write Webhook Endpoints is enough")
    if not (known := KEY.fullmatch(key)):
        raise EndpointError("STRIPE_API_KEY is no secret or restricted key: those start with sk_ or rk_, live or test")
    return key, known[1]


def _outputs(stack: str) -> dict[str, str]:
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def _base(url: str) -> str:
    base = url.rstrip("/")
    if not base.startswith("https://") or base.endswith(("/direct", "/connect")):
        raise EndpointError("--url is the stack's WebhookUrl: https://… without /direct or /connect, which are added")
    return base


def _explained(error: Exception) -> str:
    text = str(error)
    if isinstance(error, StripeError) and error.http_status:
        text = f"Stripe answered {error.http_status}: {text}"
    if isinstance(error, RejectedError):
        text = error.cause or text
    # An answer that the SDK cannot read is in its error's text, and may be the one with the secret.
    return SECRETS.sub(r"\1_…", text)


if __name__ == "__main__":
    sys.exit(main())
