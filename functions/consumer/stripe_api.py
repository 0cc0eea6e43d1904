"""Stripe's API, asked for what events do not carry, where a key is configured; without one nothing is asked."""

from functools import cache
from typing import TYPE_CHECKING, Any

from shared.books import AskStripe
from shared.errors import Retryable
from shared.event import PLATFORM
from shared.stripe_objects import Contact, read

if TYPE_CHECKING:
    import stripe
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


PATIENCE = (2.0, 8.0)
"""Seconds to connect and to read. Twice that must fit in the function's 30, so that the failure can be recorded."""


def contact_asker(manager: "SecretsManagerClient", secret_id: str) -> AskStripe:
    """A function that asks for the address of a customer, or of the account itself; None if there is none to be had.

    It raises Retryable if Stripe does not answer, or answers 429 or 5xx; botocore's errors if Secrets Manager does not.
    """

    @cache
    def api() -> "stripe.StripeClient | None":
        import stripe  # noqa: PLC0415 - slow to import, and most events never need it

        key = manager.get_secret_value(SecretId=secret_id)["SecretString"].strip()
        if not key.startswith(("sk_", "rk_")):
            return None
        return stripe.StripeClient(key, max_network_retries=1, http_client=stripe.RequestsClient(timeout=PATIENCE))

    def ask(account: str, subject: str) -> Contact | None:
        stripe_api = api()
        return _ask(stripe_api, account, subject) if stripe_api else None

    return ask


def _ask(api: "stripe.StripeClient", account: str, subject: str) -> Contact | None:
    import stripe  # noqa: PLC0415 - as above

    options: Any = {} if account == PLATFORM else {"stripe_account": account}
    try:
        if subject == account:
            found = api.v1.accounts.retrieve(subject).to_dict()
        else:
            found = api.v1.customers.retrieve(subject, options=options).to_dict()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Retryable(type(error).__name__) from error
    except stripe.StripeError as error:
        if (error.http_status or 0) >= 500:  # noqa: PLR2004 - HTTP's
            raise Retryable(f"stripe_{error.http_status}") from error
        return None  # unknown to this key, or not for it to read: mail must not stop billing
    contact = read(Contact, found)
    return contact if contact.email else None
