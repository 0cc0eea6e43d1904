"""Amounts as people read them: minor units become a number with the decimal places of the currency."""

# https://docs.stripe.com/currencies#zero-decimal and #three-decimal; ISK and UGX
# have two places in Stripe's API that are always 00.
NO_PLACES = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
THREE_PLACES = frozenset("BHD JOD KWD OMR TND".split())
WHOLE_ONLY = frozenset({"ISK", "UGX"})


def show(amount: int, currency: str) -> str:
    """`show(123456, "usd")` is `1,234.56 USD`; `show(1200, "jpy")` is `1,200 JPY`; `show(5000, "ugx")` is `50 UGX`."""
    code = currency.upper()
    places = 0 if code in NO_PLACES else 3 if code in THREE_PLACES else 2
    whole, part = divmod(abs(amount), 10**places)
    sign = "-" if amount < 0 else ""
    fraction = f".{part:0{places}d}" if places and not (code in WHOLE_ONLY and part == 0) else ""
    return f"{sign}{whole:,}{fraction} {code}"
