"""IAM's decision on one call, by the policies alone: the local cloud does not know every condition key."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.template import listed

type Document = Mapping[str, Any]


def allows(policies: Iterable[Document], action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether policies of one kind allow the call: a statement allows it, and none denies it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in listed(policy["Statement"])
        if _speaks_of(statement, action, resource, context or {})
    }
    return effects == {"Allow"}


def _speaks_of(statement: Document, action: str, resource: str, context: Mapping[str, str]) -> bool:
    return (
        any(_like(one.lower(), action.lower()) for one in listed(statement["Action"]))
        and any(_like(one, resource) for one in listed(statement["Resource"]))
        and all(
            _holds(operator, listed(values), context.get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _holds(operator: str, values: list[str], told: str | None) -> bool:
    match operator:
        case "StringEquals":
            return told in values
        case "ArnLike":
            return told is not None and any(_like(value, told) for value in values)
    raise ValueError(operator)


def _like(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None
