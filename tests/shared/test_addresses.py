"""An address goes to SES in a form that SES accepts, or not at all."""

import pytest

from shared.records.organization import Organization
from shared.values.addresses import deliverable
from shared.values.platform import PLATFORM
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("accounts@example.com", "accounts@example.com"),
        ("  Pat@Example.COM ", "Pat@Example.COM"),
        ("buchhaltung@bücher.example", "buchhaltung@xn--bcher-kva.example"),
        ("buchhaltung@BÜCHER.example", "buchhaltung@xn--bcher-kva.example"),
        ("hallo@straße.example", "hallo@xn--strae-oqa.example"),
        ("a+b.c@mail.example。com", "a+b.c@mail.example.com"),
        ("x@\uff45xample.com", "x@example.com"),
    ],
)
def test_an_address_is_trimmed_and_its_domain_is_in_punycode(address: str, taken: str) -> None:
    assert deliverable(address) == taken


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.com",
        "müller@example.com",
        "two words@example.com",
        "dot.@example.com",
        "a..b@example.com",
        "here@localhost",
        "here@exa mple.com",
        "here@-example.com",
        "here@example..com",
        "here@bü☃cher.example",
        "here@\ud800.example",
        "one@example.com, two@example.com",
        "line\r\nbreak@example.com",
        f"{'a' * 65}@example.com",
        f"here@{'a' * 64}.example",
        f"here@{'ü' * 60}.example",
        f"here@{'.'.join(['a' * 60] * 5)}",
    ],
)
def test_what_ses_cannot_take_is_known_before_it_is_asked(address: str) -> None:
    assert deliverable(address) is None


def test_an_address_of_a_customer_is_kept_as_it_came_and_sent_as_ses_takes_it() -> None:
    books = told(sample("customer.created", email=" buchhaltung@bücher.example "))
    address = books.read(Organization, PLATFORM, CUSTOMER).address
    assert deliverable(address or "") == "buchhaltung@xn--bcher-kva.example"
