"""A missing permission alarms within minutes; once it is restored, every event goes on."""

import json
from collections.abc import Iterator

import pytest

from cli.local.stack import NAME, Stack, deployed
from cli.samples import samples
from tests.cloud.cloudwatch import at_least, state
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET

pytestmark = pytest.mark.cloud

HOUR = 3600


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack of this file's own, whose roles lose their policies and whose hours pass."""
    with deployed(BUILT, ARCHITECTURE, SECRET, MailConnectedCustomers="true") as made:
        yield made


@pytest.mark.parametrize(
    ("service", "alarms"),
    [("consumer", ["deployment-fault"]), ("effects", ["effects-deployment-fault", "owed-effects"])],
)
def test_a_permission_that_is_taken_away_alarms_and_no_event_is_lost(
    stack: Stack, account: str, service: str, alarms: list[str]
) -> None:
    role = stack.cloud.client("cloudformation").describe_stack_resource(
        StackName=NAME, LogicalResourceId=f"{service.capitalize()}Role"
    )["StackResourceDetail"]["PhysicalResourceId"]
    iam = stack.cloud.client("iam")
    policy = iam.get_role_policy(RoleName=role, PolicyName=service)["PolicyDocument"]
    assert [state(stack, alarm) for alarm in alarms] == ["OK"] * len(alarms)

    iam.delete_role_policy(RoleName=role, PolicyName=service)
    try:
        event = samples.fresh("payout.failed", stack.now(), account=account)
        assert stack.send(event).status == 200
        assert at_least(stack, "DeploymentFault", 1, service=service)
        stack.cloud.advance(16 * 60)
        assert at_least(stack, "DeploymentFault", 2, service=service)
        assert [state(stack, alarm) for alarm in alarms] == ["ALARM"] * len(alarms)
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=service, PolicyDocument=json.dumps(policy))
    stack.cloud.advance(30 * 60)
    assert stack.settled(event["id"])["state"] == "done"
    stack.cloud.advance(2 * HOUR)
    assert [state(stack, alarm) for alarm in alarms] == ["OK"] * len(alarms)
