"""A Stripe account, a stack's secret, and `billhook endpoint` between them."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from cli.command import main
from functions.ingest.signing_secrets import parse_secrets
from tests.cli.stripe_api import StripeApi

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

URL = "https://example.com/webhooks/stripe"
OLDER = "2025-03-31.basil"


class EndpointCommand:
    """A Stripe account, a stack's secret, and the command."""

    def __init__(self, api: StripeApi, manager: "SecretsManagerClient", monkeypatch: pytest.MonkeyPatch) -> None:
        self.api = api
        self.manager = manager
        self.secret_id = manager.create_secret(Name="signing-secrets", SecretString="{}")["ARN"]
        self._monkeypatch = monkeypatch

    def run(self, *arguments: str, url: str = URL) -> int:
        given = ["endpoint", "--stack", "acme", "--url", url, "--secret-id", self.secret_id, *arguments]
        return main(given)

    def store(self, secrets: Mapping[str, object]) -> None:
        self.manager.put_secret_value(SecretId=self.secret_id, SecretString=json.dumps(secrets))

    def stored(self) -> dict[str, list[str]]:
        text = self.manager.get_secret_value(SecretId=self.secret_id)["SecretString"]
        return {name: [secret.decode() for secret in secrets] for name, secrets in parse_secrets(text).items()}

    def writes(self) -> list[str]:
        return [request for request in self.api.requests if not request.startswith("GET")]
