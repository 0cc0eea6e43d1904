"""`billhook endpoint`: create the webhook endpoints at Stripe for all routed types, and store their secrets.

There are two endpoints: direct, for the account's own events, and connect, for events of its connected accounts. A
business without connected accounts uses --only direct. The environment variable STRIPE_API_KEY holds the API key: a
restricted key that may write Webhook Endpoints is enough. A second run changes only what differs.

Stripe fixes the API version of an endpoint when it is created. For another version the command creates a new endpoint,
stores its secret, and then disables the old endpoint. Meanwhile both send the same events under the same ids, and
Billhook handles each event once. Stripe does not retry deliveries of a disabled endpoint. To lose none, use --keep-old,
and run the command again without it after three days, when Stripe's retries are over.
"""

import os
import re
from typing import TYPE_CHECKING, cast

import stripe
from botocore.exceptions import BotoCoreError, ClientError
from stripe import InvalidRequestError, StripeClient, StripeError

from cli.errors import RefusedError, in_words
from cli.operate.audit import Change, audited
from cli.operate.endpoint_plan import FINGERPRINT, MARK, Endpoint, Name, Wanted, fingerprint, plan, types_for
from cli.operate.secret import add
from cli.where import HERE, Where
from functions.ingest.rejection import RejectedError
from functions.ingest.signing_secrets import parse_secrets

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from stripe import WebhookEndpoint
    from stripe.params import WebhookEndpointCreateParams, WebhookEndpointUpdateParams

KEY = re.compile(r"[rs]k_(live|test)_\w+")
SECRETS = re.compile(r"(whsec|[rs]k_live|[rs]k_test)_\w+")


class EndpointError(RefusedError):
    """The endpoints cannot be changed; the text says why and what to do."""


def endpoint(  # noqa: PLR0913 - the options of a command
    *,
    url: str | None = None,
    secret_id: str | None = None,
    only: Name | None = None,
    api_version: str = stripe.api_version,
    keep_old: bool = False,
    dry_run: bool = False,
    where: Where = HERE,
) -> None:
    """Create or update the webhook endpoints at Stripe.

    There are two endpoints: direct, for the account's own events, and connect, for events of its connected accounts.
    The environment variable STRIPE_API_KEY holds a restricted key that may write Webhook Endpoints. A second run
    changes only what differs. For another API version the command makes a new endpoint and disables the old one.

    Args:
        url: the stack's output WebhookUrl; by default the stack says it.
        secret_id: the stack's output SigningSecretsId; likewise.
        only: only this endpoint; both by default.
        api_version: Stripe's API version of the endpoints.
        keep_old: leave a replaced endpoint enabled for three days, until Stripe's retries are over.
        dry_run: only say what would change.
        where: the stack.
    """
    if stripe.log == "debug" or os.environ.get("STRIPE_LOG") == "debug":
        stripe.log = "info"  # at debug, the SDK prints Stripe's answers, and one of them holds the secret
    try:
        if where.stack is None:
            raise EndpointError("name the stack whose endpoints they are: --stack billhook")
        key, mode = _key()
        outputs = {"WebhookUrl": url, "SigningSecretsId": secret_id} if url and secret_id else where.described()[0]
        base = _base(url or outputs["WebhookUrl"])
        print(f"{mode} mode, API version {api_version}{', dry run' if dry_run else ''}")
        secrets = secret_id or outputs["SigningSecretsId"]
        endpoints = Endpoints(StripeClient(key), where.client("secretsmanager"), secrets)
        names: list[Name] = [only] if only else ["direct", "connect"]
        change = Change("endpoint", {"endpoints": names, "api_version": api_version, "keep_old": keep_old})
        with audited(where, change, dry_run=dry_run) as outcome:
            for name in names:
                wanted = Wanted(name, f"{base}/{name}", api_version, types_for(name))
                endpoints.bring(wanted, keep_old=keep_old, dry_run=dry_run)
                outcome["as wanted"] += 1
    except (RefusedError, RejectedError, StripeError, ClientError, BotoCoreError) as error:
        raise RefusedError(f"not done: {_explained(error)}") from None


class Endpoints:
    """The endpoints of one Stripe account, and the secret in which one stack keeps their signing secrets."""

    def __init__(self, client: StripeClient, manager: "SecretsManagerClient", secret_id: str) -> None:
        self._stripe = client.v1.webhook_endpoints
        self._manager = manager
        self._secret_id = secret_id

    def bring(self, wanted: Wanted, *, keep_old: bool, dry_run: bool) -> None:
        """Create or change the endpoint at Stripe so that it is as wanted, and print each step.

        Raises:
            EndpointError, RejectedError, StripeError, ClientError, BotoCoreError: a step failed. The steps before it
                stay done, and the next run goes on from there.
        """
        # The secret is read first, so that no endpoint is created if it is the wrong one or out of reach.
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
        """Create an endpoint and store its signing secret; returns its id."""
        made = self._create(wanted)
        secret = str(made.secret)
        try:
            add(self._manager, self._secret_id, wanted.name, secret)
        except Exception as error:  # noqa: BLE001 - without its secret an endpoint is useless
            outcome = self._withdraw(made.id)
            raise EndpointError(f"the signing secret could not be stored ({error}); {outcome}") from None
        # Only now: if an endpoint lacks the fingerprint, its secret was lost, and the next run replaces it.
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
                hint = "a business without connected accounts needs --only direct"
                raise EndpointError(f"Stripe refuses the connect endpoint: {error}; {hint}") from None
            raise

    def _withdraw(self, endpoint_id: str) -> str:
        """Delete an endpoint whose secret was not stored; returns what became of it."""
        try:
            self._stripe.delete(endpoint_id)
        except StripeError as error:
            return f"{endpoint_id} is still at Stripe, because deleting it failed, too ({error}): delete it at Stripe"
        return f"{endpoint_id} is deleted again"


def _key() -> tuple[str, str]:
    """The API key, and its mode, `live` or `test`."""
    key = os.environ.get("STRIPE_API_KEY", "").strip()
    if not key:
        raise EndpointError("set STRIPE_API_KEY; a restricted key that may write Webhook Endpoints is enough")
    if not (known := KEY.fullmatch(key)):
        raise EndpointError("STRIPE_API_KEY is no API key: set a secret or restricted key, sk_live_…, sk_test_…, rk_…")
    return key, known[1]


def _base(url: str) -> str:
    base = url.rstrip("/")
    if not base.startswith("https://") or base.endswith(("/direct", "/connect")):
        raise EndpointError(
            "--url must be the stack's WebhookUrl: https://… without /direct or /connect, which this command adds"
        )
    return base


def _explained(error: Exception) -> str:
    text = in_words(error) or str(error)
    if isinstance(error, StripeError) and error.http_status:
        text = f"Stripe answered {error.http_status}: {text}"
    if isinstance(error, RejectedError):
        text = error.cause or text
    # If the SDK cannot read an answer, its error quotes the answer, which may hold the secret.
    return SECRETS.sub(r"\1_…", text)
