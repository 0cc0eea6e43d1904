"""A question that cannot be answered is told what is wrong with it, and nothing is told without a token."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.samples.openapi import DOCUMENT as FILE
from cli.samples.openapi import document
from tests.access.support import OLD, OTHER, TOKEN, Access, http_event, item


@pytest.mark.parametrize(
    ("customer", "query", "says"),
    [
        (None, {}, "Name a customer: GET /access?reference="),
        ("org_1", {}, "for your own id use GET /access?reference="),
        ("cus_1", {"reference": "org_1"}, "not both"),
        ("cus_" + "c" * 252, {}, "1 to 255"),
        ("cus_\n1", {}, "printable"),
        (None, {"reference": ""}, "1 to 500"),
        (None, {"reference": "x" * 501}, "1 to 500"),
        ("cus_1", {"account": "1"}, "acct_"),
        ("cus_1", {"feature": "sso", "limit": "seats"}, "not for both"),
        ("cus_1", {"a": "1", "b": "2"}, "2 parameters are unknown"),
        ("cus_1", {"feature": ""}, "feature must have"),
        ("cus_1", {"features": "sso"}, "1 parameter is unknown; the known ones are account, reference, feature, limit"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(
    access: Access, customer: str | None, query: dict[str, str], says: str
) -> None:
    answer = access.ask(customer, **query)
    assert (answer.status, answer.body["type"]) == (400, "urn:billhook:problem:bad_request")
    assert says in answer.body["detail"]


def test_a_parameter_that_came_twice_is_named_and_its_value_is_not(access: Access) -> None:
    answer = access.ask_raw(http_event("cus_1") | {"rawQueryString": "limit=ann&limit=ann&account=acct_1"})
    assert (answer.status, answer.body["detail"]) == (400, "Give each parameter once; more often came: limit.")


def test_without_a_token_the_app_is_told_which_command_makes_one(access: Access) -> None:
    assert "./billhook token NAME" in access.ask("cus_1", token=None).body["detail"]


@pytest.mark.parametrize("query", ["limit=a&limit=b", "feature=%FF", "&".join("a=b" for _ in range(9))])
def test_a_query_that_is_ambiguous_or_unreadable_is_a_wrong_question(access: Access, query: str) -> None:
    assert access.ask_raw(http_event("cus_1") | {"rawQueryString": query}).status == 400


@pytest.mark.parametrize("token", [None, "", "x" * 43, TOKEN[:-1], TOKEN + "t", "é" * 32, "\ud800" * 32])
def test_without_a_known_token_every_question_has_the_same_answer(access: Access, token: str | None) -> None:
    answers = {
        access.ask(customer, token=token, **query).text
        for customer, query in (("cus_1", {}), ("cus_new", {}), (None, {"reference": "org_1"}), (None, {}))
    }
    (text,) = answers
    assert json.loads(text)["status"] == 401


def test_each_app_has_tokens_of_its_own_old_and_new(access: Access) -> None:
    assert [access.ask("cus_1", token=token).status for token in (TOKEN, OTHER, OLD)] == [200, 200, 200]
    assert access.ask_raw(http_event("cus_1", None, {"authorization": f"bearer  {TOKEN}"})).status == 200
    assert access.ask_raw(http_event("cus_1", None, {"authorization": f"Basic {TOKEN}"})).status == 401


def test_a_new_token_opens_at_once_and_a_removed_one_closes_within_five_minutes(access: Access) -> None:
    assert access.ask("cus_1").status == 200
    access.secret = json.dumps({"shop": "n" * 43})
    access.now += 11
    assert access.ask("cus_1", token="n" * 43).status == 200  # an unknown token has the secret read again
    access.secret = json.dumps({})
    access.now += 299
    assert access.ask("cus_1", token="n" * 43).status == 200
    access.now += 1
    assert access.ask("cus_1", token="n" * 43).status == 401


def test_unknown_tokens_cannot_have_the_secret_read_again_and_again(access: Access) -> None:
    for _ in range(50):
        access.ask("cus_1", token="x" * 43)
    assert access.fetched == 1
    access.now += 10
    access.ask("cus_1", token="x" * 43)
    assert access.fetched == 2


def test_a_token_that_could_be_guessed_opens_nothing() -> None:
    short = Access(secret=json.dumps({"shop": ["", "secret", "x" * 31]}))
    assert {short.ask("cus_1", token=token).status for token in ("", "secret", "x" * 31)} == {401}


@pytest.mark.parametrize("secret", ["", "[]", '"x"', "{", '{"shop": 1}', '{"shop": {"a": 1}}'])
def test_a_secret_of_another_shape_opens_nothing_and_is_not_quoted(
    secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Access(secret=secret).ask("cus_1")
    assert (answer.status, answer.body["detail"]) == (503, "The tokens cannot be read.")
    assert "The secret has the wrong shape" in capsys.readouterr().out


def test_a_request_is_one_line_that_names_the_app_and_no_customer(
    access: Access, capsys: pytest.CaptureFixture[str]
) -> None:
    access.ask("cus_1")
    line = json.loads(capsys.readouterr().out)
    told = {name: line[name] for name in ("service", "level", "status", "app", "reason", "ms", "Asked")}
    assert told == {
        "service": "access",
        "level": "INFO",
        "status": 200,
        "app": "shop",
        "reason": "answered",
        "ms": 0,
        "Asked": 1,
    }
    assert "cus_1" not in str(line)
    access.ask("cus_1", token=None)
    assert json.loads(capsys.readouterr().out)["Refused"] == 1


TEXT = st.text(st.characters(), max_size=40)
SECRETS = ("studio", "org_1", "sub_1", "abc")
"""Words of the item that nobody may see without a token."""


@settings(max_examples=300, deadline=None)
@given(
    customer=st.none() | st.just("cus_1") | TEXT,
    query=st.one_of(TEXT, st.dictionaries(st.sampled_from(["account", "reference", "feature", "limit"]) | TEXT, TEXT)),
    headers=st.dictionaries(st.sampled_from(["authorization", "if-none-match"]) | TEXT, TEXT),
    token=st.booleans(),
)
def test_mutated_requests_are_never_our_fault_and_tell_nothing_without_a_token(
    customer: str | None, query: str | dict[str, str], headers: dict[str, str], *, token: bool
) -> None:
    access = Access()
    access.holds(item())
    text = query if isinstance(query, str) else urlencode(query, errors="replace")
    event: dict[str, Any] = http_event(customer, None, headers) | {"rawQueryString": text}
    if token:
        event["headers"] |= {"authorization": f"Bearer {TOKEN}"}
    answer = access.ask_raw(event)
    assert answer.status in ({200, 304, 400} if token else {401})
    assert token or not [word for word in SECRETS if word in answer.text]


@pytest.mark.parametrize("event", [{}, {"headers": None}, {"pathParameters": None, "headers": {}}, {"key1": "value1"}])
def test_an_event_that_is_no_http_request_is_refused(access: Access, event: dict[str, object]) -> None:
    assert access.ask_raw(event).status == 401


def test_the_openapi_document_is_made_from_the_model() -> None:
    assert FILE.read_text() == document(), "run `make wrap`"
