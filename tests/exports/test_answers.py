"""The answers to a visitor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.exports.refusal import RefusedError
from tests.exports.support import KEY, OBSTACLES, TOKEN, URL, Exports


def test_a_link_leads_to_its_file(exports: Exports) -> None:
    answer = exports.get()
    assert (answer.status, answer.headers["location"], answer.body) == (302, URL, "")
    assert exports.asked_for == [KEY]


@pytest.mark.parametrize(
    "token",
    [
        "",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN + "\n",
        TOKEN[:-1] + "=",
        TOKEN[:-1] + "+",
        TOKEN[:-1] + "/",
        TOKEN[:-1] + ".",
        TOKEN[:-1] + "%",
        TOKEN[:-1] + "é",
        TOKEN[:-1] + "１",  # noqa: RUF001 - a digit, but not of ASCII
        TOKEN[:-1] + "\0",
        TOKEN + ".json",
        "../" + TOKEN[3:],
        "A" * 100_000,
    ],
)
def test_what_is_no_token_is_no_link_and_s3_is_not_asked(exports: Exports, token: str) -> None:
    assert exports.get(token).status == 404
    assert exports.asked_for == []


@given(st.text(st.characters()))
def test_whatever_is_guessed_gets_404(token: str) -> None:
    assert Exports().get(token).status == 404


@pytest.mark.parametrize("event", [{}, {"pathParameters": None}, {"pathParameters": {}}, {"key1": "value1"}])
def test_an_event_that_is_no_http_request_gets_404(exports: Exports, event: dict[str, object]) -> None:
    assert exports.get_raw(event).status == 404


def test_a_link_that_has_expired_and_one_that_never_was_look_the_same(exports: Exports) -> None:
    never = exports.get("nonsense")
    for code in ("403", "404"):
        exports.refusal = RefusedError(404, "no_file", f"HeadObject: {code}")
        assert exports.get() == never
    assert "This link has expired or was never valid" in never.body
    assert "ask us for a new export" in never.body


def test_when_s3_cannot_be_reached_the_visitor_may_try_again(exports: Exports) -> None:
    exports.refusal = OBSTACLES[503]
    answer = exports.get()
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert "Please try again in a minute" in answer.body
    exports.refusal = None
    assert exports.get().status == 302


def test_a_bug_of_ours_looks_like_trouble_that_passes(exports: Exports) -> None:
    exports.refusal = OBSTACLES[503]
    passing = exports.get()
    exports.refusal = OBSTACLES[500]
    bug = exports.get()
    assert bug.status == 500
    assert (bug.headers, bug.body) == (passing.headers, passing.body)


@pytest.mark.parametrize("status", [302, *OBSTACLES])
def test_no_answer_is_kept_passed_on_or_indexed(exports: Exports, status: int) -> None:
    exports.refusal = OBSTACLES.get(status)
    answer = exports.get()
    assert answer.status == status
    assert answer.headers.items() >= {
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex"),
    }


@pytest.mark.parametrize("status", OBSTACLES)
def test_a_page_can_load_nothing_run_nothing_and_does_not_name_the_link(exports: Exports, status: int) -> None:
    exports.refusal = OBSTACLES[status]
    answer = exports.get()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    directives = answer.headers["content-security-policy"].split("; ")
    assert directives[:2] == ["default-src 'none'", "style-src 'unsafe-inline'"]
    assert not [word for word in ("$", "<script", "src=", "href=", "url(", TOKEN) if word in answer.body]
