"""Money is shown with the decimal places of its currency; dividing by 100 is right only for most."""

import pytest

from shared.values import money


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (2900, "usd", "29.00 USD"),
        (5, "eur", "0.05 EUR"),
        (0, "usd", "0.00 USD"),
        (123456789, "usd", "1,234,567.89 USD"),
        (1200, "jpy", "1,200 JPY"),
        (1, "krw", "1 KRW"),
        (12345, "kwd", "12.345 KWD"),
        (7, "bhd", "0.007 BHD"),
        (500000, "ugx", "5,000 UGX"),
        (199900, "isk", "1,999 ISK"),
        (-2900, "usd", "-29.00 USD"),
        (-5, "usd", "-0.05 USD"),
        (-1200, "jpy", "-1,200 JPY"),
        (-12345, "kwd", "-12.345 KWD"),
    ],
)
def test_an_amount_is_shown_as_people_write_it(amount: int, currency: str, shown: str) -> None:
    assert money.show(amount, currency) == shown


def test_a_fraction_that_should_not_be_there_is_not_hidden() -> None:
    assert money.show(150, "isk") == "1.50 ISK"
