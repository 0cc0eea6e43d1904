"""Values written to the tables come back unchanged, and match boto3's own reading."""

from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer
from hypothesis import given
from hypothesis import strategies as st

from shared.tables.attributes import from_item, to_item

PLAIN = st.text() | st.booleans() | st.integers(-(10**30), 10**30) | st.binary(min_size=1)
VALUES = st.dictionaries(st.text(min_size=1), PLAIN | st.dictionaries(st.text(min_size=1), PLAIN))


@given(VALUES)
def test_an_item_comes_back_as_it_was(values: dict[str, Any]) -> None:
    assert from_item(to_item(values)) == values


@given(VALUES)
def test_boto3_reads_an_item_as_it_was(values: dict[str, Any]) -> None:
    read = {name: TypeDeserializer().deserialize(attribute) for name, attribute in to_item(values).items()}
    assert plain(read) == values


def test_what_is_none_is_left_out() -> None:
    assert to_item({"id": "evt_1", "customer": None}) == {"id": {"S": "evt_1"}}


@pytest.mark.parametrize("value", [1.5, [1.5], {"a"}, object()])
def test_a_kind_of_value_that_is_none_of_ours_is_an_error_that_does_not_quote_it(value: object) -> None:
    with pytest.raises(TypeError, match="no attribute of ours is of type") as error:
        to_item({"told": value})
    assert str(value) not in str(error.value)


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever boto3 makes of an attribute
    """Without boto3's wrapping of bytes."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return value.value if isinstance(value, Binary) else value  # type: ignore[attr-defined] # its stub lacks it
