"""A function has the packages that it ships, and no other."""

import json

from infra.local_cloud.cloud import LocalCloud

from .conftest import function, stack

LOOKING = """
from importlib.util import find_spec

def handler(event, context):
    return find_spec("boto3") is not None
"""


def finds_a_package_that_it_did_not_ship(cloud: LocalCloud) -> bool:
    made = stack(cloud, {"Function": function(LOOKING)}, {"Name": {"Ref": "Function"}})
    found: bool = json.load(cloud.client("lambda").invoke(FunctionName=made["Name"])["Payload"])
    return found


def test_a_package_that_was_not_shipped_is_missing(cloud: LocalCloud) -> None:
    assert finds_a_package_that_it_did_not_ship(cloud) is False


def test_plain_ministack_still_lends_its_own_packages(plain_ministack: LocalCloud) -> None:
    assert finds_a_package_that_it_did_not_ship(plain_ministack) is True
