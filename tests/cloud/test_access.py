"""The commands of docs/use-it-from-your-app.md, run as they stand against the deployed function and table."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from billhook_access import Access, RefusedError
from billhook_checkout import Outcome, wait_for_checkout
from cli.local.stack import APP_TOKEN, Stack
from cli.samples import samples
from tests.access.test_document import blocks
from tests.cloud.runbook import AWS_CLI
from tests.support.stories import CUSTOMER

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="module")
def access_url(stack: Stack) -> str:
    """The URL of the function, once a customer has bought a subscription."""
    for name in ("checkout.session.completed.subscription", "customer.subscription.created"):
        event = samples.fresh(name, stack.now())
        stack.send(event)
        stack.settled(event["id"])
    return stack.webhook_url.removesuffix("/webhooks/stripe") + "/access"


def checkout_url(stack: Stack) -> str:
    """The URL of the function for success pages."""
    return stack.webhook_url.removesuffix("/webhooks/stripe") + "/checkout"


def run(stack: Stack, block: str, **variables: str) -> list[Any]:
    """The JSON documents that a block of the document prints."""
    environ = os.environ | stack.cloud.environment | variables
    environ["PATH"] = f"{AWS_CLI}:{os.environ['PATH']}"
    said = subprocess.check_output(["bash", "-euo", "pipefail", "-c", block], env=environ, text=True)  # noqa: S603, S607 - ours
    decoder, found = json.JSONDecoder(), []
    while said := said.lstrip():
        value, end = decoder.raw_decode(said)
        found.append(value)
        said = said[end:]
    return found


def test_curl_is_answered(stack: Stack, access_url: str) -> None:
    (block,) = (one for one in blocks("bash") if "$ACCESS_URL" in one)
    answers = run(stack, block, TOKEN=APP_TOKEN, ACCESS_URL=access_url)
    assert [(one["allowed"], one["why"], one["customer"]) for one in answers] == [(True, "granted", CUSTOMER)] * 3


def test_the_aws_cli_reads_the_item_and_finds_it_by_reference(stack: Stack, access_url: str) -> None:
    assert access_url
    (block,) = (one for one in blocks("bash") if "aws dynamodb" in one)
    item, listed = run(stack, block)
    assert (item["Item"]["status"], item["Item"]["plan"]) == ({"S": "active"}, {"S": "studio"})
    assert CUSTOMER in [one["sk"]["S"] for one in listed["Items"]]


def test_the_role_of_an_app_gets_the_policy_of_the_output(stack: Stack) -> None:
    trust = '{"Version": "2012-10-17", "Statement": []}'
    run(stack, f"aws iam create-role --role-name my-app --assume-role-policy-document '{trust}'")
    (block,) = (one for one in blocks("bash") if "put-role-policy" in one)
    run(stack, block)
    (given,) = run(
        stack,
        "aws iam get-role-policy --role-name my-app --policy-name billhook-access --query PolicyDocument --output json",
    )
    (allowed,) = given["Statement"]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", ["dynamodb:GetItem", "dynamodb:Query"])
    assert str(allowed["Resource"]).endswith(f":table/{stack.outputs['AccessTableName']}")


def test_the_success_page_waits_and_is_answered(stack: Stack) -> None:
    event = samples.renamed(samples.fresh("checkout.session.completed", stack.now()), "W")
    session = event["data"]["object"]["id"]
    assert stack.came_of(session, wait=0)["outcome"] == "pending"
    with ThreadPoolExecutor(1) as page:
        answer = page.submit(stack.came_of, session)
        stack.send(event)
        assert answer.result()["outcome"] == "fulfilled"
    (block,) = (one for one in blocks("bash") if "?wait=" in one)
    (told,) = run(stack, block, TOKEN=APP_TOKEN, CHECKOUT_URL=checkout_url(stack), SESSION_ID=session)
    assert told["outcome"] == "fulfilled"


def test_a_refresh_without_a_key_says_what_to_store(stack: Stack) -> None:
    (block,) = (one for one in blocks("bash") if "/refresh" in one)
    (told,) = run(stack, block, TOKEN=APP_TOKEN, CHECKOUT_URL=checkout_url(stack), SESSION_ID="cs_test_late")
    assert (told["status"], told["type"]) == (409, "urn:billhook:problem:no_stripe_key")
    assert "stripe-api-key" in told["detail"]


def test_the_client_waits_for_a_late_session_until_its_deadline(access_url: str) -> None:
    came = wait_for_checkout(Access(access_url, APP_TOKEN), "cs_test_never", seconds=3)
    assert came == Outcome("pending", "not_heard")


def test_the_client_is_answered_and_a_wrong_token_is_refused(access_url: str) -> None:
    assert Access(access_url, APP_TOKEN).check("org_fernhill", "exports").allowed
    assert Access(access_url, APP_TOKEN).check("org_of_nobody", "exports").reason == "no_subscription"
    with pytest.raises(RefusedError):
        Access(access_url, "x" * 43).check("org_fernhill", "exports")
