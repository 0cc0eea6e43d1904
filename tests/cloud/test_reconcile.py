"""The deployed function finds an event that Stripe lists but never delivered, and it is handled like any other."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import Stack
from cli.samples import samples
from tests.support.stripe_lists import StripeLists, served

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

pytestmark = pytest.mark.cloud

KEY = "rk_live_thatmayreadevents"
MINUTE = 60


@pytest.fixture
def stripe(stack: Stack) -> Iterator[StripeLists]:
    """Stripe, where the deployed function finds it; afterwards the function is off again."""
    lists = StripeLists(stack.now, KEY)
    configuration = lambdas(stack).get_function_configuration(FunctionName=function(stack))
    variables = configuration["Environment"]["Variables"]
    with served(lists) as url:
        configure(stack, {**variables, "STRIPE_API_BASE": url}, KEY)
        yield lists
        configure(stack, variables, "none")


def lambdas(stack: Stack) -> Any:  # noqa: ANN401 - a client whose types are not installed
    return stack.cloud.client("lambda")


def function(stack: Stack) -> str:
    names = [str(one["FunctionName"]) for one in lambdas(stack).list_functions()["Functions"]]
    (name,) = [name for name in names if "Reconcile" in name]
    return name


def configure(stack: Stack, variables: dict[str, str], key: str) -> None:
    lambdas(stack).update_function_configuration(FunctionName=function(stack), Environment={"Variables": variables})
    manager: SecretsManagerClient = stack.cloud.client("secretsmanager")
    manager.put_secret_value(SecretId="billhook/stripe-api-key", SecretString=key)


def run(stack: Stack) -> dict[str, Any]:
    answer = lambdas(stack).invoke(FunctionName=function(stack), Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    counted: dict[str, Any] = json.loads(answer["Payload"].read())
    return counted


def test_what_stripe_has_and_the_inbox_has_not_is_healed_once(stack: Stack, stripe: StripeLists, account: str) -> None:
    got = samples.fresh("customer.created", stack.now() - 90 * MINUTE, account=account)
    lost = samples.fresh("customer.subscription.created", stack.now() - 80 * MINUTE, account=account)
    stripe.has(got, account)
    stripe.has(lost, account)
    stack.send(got)
    assert stack.settled(got["id"])["state"] == "done"

    first = run(stack)
    healed = stack.settled(lost["id"])

    assert (first["missing"], first["healed"]) == (1, 1)
    assert (healed["state"], healed["endpoint"], healed["account"]) == ("done", "reconcile", account)
    assert stack.organization(lost["data"]["object"]["customer"], account) is not None
    assert run(stack)["missing"] == 0


def test_without_a_key_it_is_off(stack: Stack) -> None:
    assert run(stack).items() >= {"accounts": 0, "checked": 0, "missing": 0, "healed": 0, "handed_over": 0}.items()
