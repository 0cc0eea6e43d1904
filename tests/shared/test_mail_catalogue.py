"""The catalogue: an entry declares all of itself, and a key that was stored reads as the key that was meant."""

import ast
import inspect
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.effects.email import Email
from shared.mails.catalogue import MAILS, mails_to
from shared.mails.mail import Amount, At, Attempt, Mail, MaybeAt, Once, Returned, always
from shared.mails.may_go import why_not
from shared.mails.of_invoices import PAYMENT_CONFIRM, PAYMENT_FAILED
from shared.mails.of_orders import REFUND
from tests.support.books import BooksOf

ROOT = Path(__file__).parents[2]
EPOCH = st.integers(0, 2**40)
IDS = st.from_regex(r"[a-z]{2,4}_[A-Za-z0-9]{1,24}", fullmatch=True) | st.from_regex(r"\d{10}", fullmatch=True)
KEYS = {
    Once: st.builds(Once, IDS),
    At: st.builds(At, IDS, EPOCH),
    MaybeAt: st.builds(MaybeAt, IDS, st.none() | EPOCH),
    Attempt: st.builds(Attempt, IDS, EPOCH, EPOCH),
    Amount: st.builds(Amount, IDS, EPOCH),
    Returned: st.builds(Returned, IDS, EPOCH, EPOCH, EPOCH),
}


def mail(template: str, key: str) -> Email:
    return Email(template=template, to=None, partition="platform#cus_1", key=key, expires=0)


def test_an_entry_cannot_leave_out_a_declaration() -> None:
    required = {name for name, one in inspect.signature(Mail).parameters.items() if one.default is one.empty}
    assert required == {"name", "audience", "stripes_own", "shows", "key", "applies"}


@pytest.mark.parametrize("name", sorted(MAILS))
@given(data=st.data())
def test_a_key_reads_as_it_was_written(name: str, data: st.DataObject) -> None:
    entry = MAILS[name]
    key = data.draw(KEYS[entry.key])
    assert entry.parse_key(entry.render_key(key)) == key


@pytest.mark.parametrize("name", sorted(mails_to("customer", "holder")))
def test_a_key_that_lacks_its_change_stops_a_mail_about_a_state(name: str) -> None:
    entry = MAILS[name]
    lacks = len(fields(entry.key)) > 1 and entry.key is not MaybeAt
    assert (entry.parse_key(f"{name}:in_1") is None) == lacks
    if lacks:
        told = why_not(mail(name, f"{name}:in_1"), BooksOf())
        assert told == (None if entry.applies is always else "overtaken")


def test_a_price_may_have_any_id() -> None:
    assert MAILS["unknown_price"].parse_key("unknown_price:plan:gold:2") == Once("plan:gold:2")


def test_keys_of_older_versions_read_as_far_as_they_go() -> None:
    assert PAYMENT_FAILED.parse_key("payment_failed:in_1:2") == Attempt("in_1", 2)
    assert REFUND.parse_key("refund:pi_1:500") == Returned("pi_1", 500)


def test_of_the_two_mails_about_one_failure_one_goes() -> None:
    key = Attempt("in_1", 1, 1795342394)
    assert PAYMENT_CONFIRM.render_key(key) == PAYMENT_FAILED.render_key(key) == "payment_failed:in_1:1:1795342394"


def test_a_mail_that_only_a_newer_version_knows_is_kept_for_it() -> None:
    assert why_not(mail("of_tomorrow", "of_tomorrow:1"), BooksOf()) is None


def test_no_other_module_takes_a_key_apart() -> None:
    modules = [path for folder in ("functions", "shared") for path in (ROOT / folder).rglob("*.py")]
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in {"split", "partition", "rsplit", "rpartition"}:
                assert not ast.unparse(node.value).endswith(".key"), path
