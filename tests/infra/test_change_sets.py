"""`sam deploy` goes through change sets, and CloudFormation lets them have a macro or nested stacks, not both."""

import tomllib
from typing import Any

import pytest

from tests.support.template import ROOT, load

TEMPLATE = load()
NESTED = {"AWS::CloudFormation::Stack", "AWS::Serverless::Application"}
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html, `Capabilities`."""

LARGEST = 1_000_000
"""Bytes that CloudFormation reads from a bucket
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html)."""


def test_there_is_one_template_without_a_stack_in_the_stack() -> None:
    assert TEMPLATE["Transform"] == "AWS::Serverless-2016-10-31"
    assert {one["Type"] for one in TEMPLATE["Resources"].values()} & NESTED == set()


def test_the_template_fits_into_one_stack() -> None:
    assert len((ROOT / "template.yaml").read_bytes()) < LARGEST / 2  # SAM makes more of it
    assert len(TEMPLATE["Resources"]) < 500 / 2


@pytest.mark.parametrize("environment", ["default", "dev", "prod"])
def test_a_deployment_asks_for_no_more_than_to_make_roles(environment: str) -> None:
    settings: dict[str, Any] = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert settings[environment]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
