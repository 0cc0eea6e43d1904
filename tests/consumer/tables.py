"""What template.yaml says: the tables, made under names of their own, and a function's environment."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import yaml  # type: ignore[import-untyped] # comes with moto and cfn-lint, without types

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


COPIED = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # untyped, as above
    """Reads CloudFormation's short forms (`!Sub`, `!Ref`) as None: no key of a table depends on one."""


_Loader.add_multi_constructor("!", lambda *_: None)
_TEMPLATE: dict[str, Any] = yaml.load(TEMPLATE.read_text(), _Loader)  # noqa: S506 - a SafeLoader
_RESOURCES: dict[str, Any] = _TEMPLATE["Resources"]


def make_table(client: "DynamoDBClient", resource: str, name: str = "") -> str:
    """A new table with the keys of the template's `resource`; its name, which no other has if none is asked for."""
    properties = _RESOURCES[resource]["Properties"]
    wanted = {key: properties[key] for key in COPIED if key in properties}
    if name:
        client.create_table(TableName=name, **wanted)
        return name
    name = f"{resource}-{uuid4().hex}"
    with suppress(client.exceptions.ResourceInUseException):  # our own: a slow answer made the SDK send it again
        client.create_table(TableName=name, **wanted)
    return name


def make_tables(client: "DynamoDBClient", stack: str = "") -> tuple[str, str, str, str]:
    """The inbox, the books, the tombstones and access, new; with the names of `stack` if that is given."""
    inbox, books, tombstones, access = (
        make_table(client, f"{name.capitalize()}Table", f"{stack}-{name}" if stack else "")
        for name in ("inbox", "books", "tombstones", "access")
    )
    return inbox, books, tombstones, access


def property_of(resource: str, name: str) -> Any:  # noqa: ANN401 - whatever the template says
    """A property of the template's `resource`."""
    return _RESOURCES[resource]["Properties"][name]


def environment_of(function: str) -> dict[str, Any]:
    """The environment variables of the template's `function`; their values are left to CloudFormation."""
    variables: dict[str, Any] = _RESOURCES[function]["Properties"]["Environment"]["Variables"]
    return variables


def allowed_values(parameter: str) -> list[str]:
    """What the template's `parameter` may be."""
    values: list[str] = _TEMPLATE["Parameters"][parameter]["AllowedValues"]
    return values
