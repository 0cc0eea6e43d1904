"""An engineer rolls a signing secret as docs/security.md says, and Stripe is never refused meanwhile."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from cli.local.stack import Stack
from cli.operate.secret import add
from cli.samples import samples
from tests.cloud.conftest import SECRET

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

pytestmark = pytest.mark.cloud

NEW = "whsec_rolled"


@pytest.fixture
def rolling(stack: Stack) -> Iterator[Stack]:
    """The stack, whose ingest has cached its secrets; the test's end restores them."""
    assert posted(stack, SECRET) == 200
    yield stack
    stack.set_secrets({"direct": SECRET})
    stack.cloud.advance(301)


def store(stack: Stack, *, alone: bool = False) -> None:
    """`billhook secret direct [--alone]`."""
    manager: SecretsManagerClient = stack.cloud.client("secretsmanager")
    add(manager, stack.outputs["SigningSecretsId"], "direct", NEW, alone=alone)


def posted(stack: Stack, *secrets: str) -> int:
    """What an event is answered that is signed with these secrets, as Stripe does with two while one expires."""
    body = samples.encode(samples.fresh("payout.created", stack.now()))

    def signed() -> str:
        now = stack.now()
        headers = [samples.signature(body, secret, now).split(",") for secret in secrets]
        return ",".join([headers[0][0], *(v1 for _, v1 in headers)])

    return samples.deliver(stack.webhook_url, body, signed).status


def test_old_and_new_are_both_accepted_while_a_secret_is_rolled(rolling: Stack) -> None:
    assert posted(rolling, NEW, SECRET) == 200  # rolled at Stripe, and not yet here

    store(rolling)
    assert posted(rolling, SECRET) == 200
    rolling.cloud.advance(11)  # ingest asks afresh at most every ten seconds
    assert posted(rolling, NEW) == 200
    assert posted(rolling, SECRET) == 200
    assert posted(rolling, "whsec_unknown") == 400


def test_the_old_one_is_refused_once_the_new_one_stands_alone(rolling: Stack) -> None:
    store(rolling, alone=True)
    rolling.cloud.advance(301)  # what ingest remembers is at most five minutes old

    assert posted(rolling, NEW) == 200
    assert posted(rolling, SECRET) == 400
