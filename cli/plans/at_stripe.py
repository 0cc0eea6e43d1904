"""How plans.toml fits the prices at Stripe: names that Stripe does not know, archived prices, prices of no plan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from cli.plans.mistakes import Found, line_of_match
from shared.policy.plans import Plans

if TYPE_CHECKING:
    from stripe import StripeClient

PAGE = 100
"""Prices in a page: Stripe's maximum."""


@dataclass(frozen=True)
class Price:
    """A price at Stripe; `on_sale` is false if the price or its product is archived."""

    id: str
    product: str
    lookup_key: str | None
    recurring: bool
    on_sale: bool

    @classmethod
    def read(cls, found: Any) -> Self:  # noqa: ANN401 - Stripe's object, or a page's item
        """A price of Stripe's, with its product expanded."""
        product = found["product"]
        sold = bool(found["active"]) and bool(product.get("active", True))
        return cls(found["id"], product["id"], found["lookup_key"], found["type"] == "recurring", sold)

    @property
    def names(self) -> frozenset[str]:
        """Its id, its product and its lookup key: plans.toml may match any."""
        return frozenset(name for name in (self.id, self.product, self.lookup_key) if name)


def prices_at(api: "StripeClient") -> list[Price]:
    """All prices, archived ones too: a call for each hundred; raises StripeError if Stripe refuses."""
    listed = api.v1.prices.list({"limit": PAGE, "expand": ["data.product"]})
    return [Price.read(one.to_dict()) for one in listed.auto_paging_iter()]


def compared(plans: Plans, text: str, prices: Sequence[Price]) -> Iterator[Found]:
    """What does not fit between the plans in `text` and the prices at Stripe."""
    for table, several in (("plans", plans.plans), ("add_ons", plans.add_ons)):
        for name, plan in several.items():
            for match in plan.match:
                line = line_of_match(table, name, match, text)
                yield from _of_match(match, line, [one for one in prices if match in one.names])
    named = {match for plan in plans.all.values() for match in plan.match}
    for price in prices:
        if price.recurring and price.on_sale and named.isdisjoint(price.names):
            key = f" ({price.lookup_key})" if price.lookup_key else ""
            sold = f"{price.id}{key} of {price.product} is for sale at Stripe"
            yield Found("note", None, f"{sold}, and no plan matches it: it gives access and no limits")


def _of_match(match: str, line: int, prices: Sequence[Price]) -> Iterator[Found]:
    if not prices:
        kind = {"price": "price", "prod": "product with a price"}.get(
            match.partition("_")[0], "price with the lookup key"
        )
        yield Found("mistake", line, f"Stripe has no {kind} {match}: is the key of this account and mode?")
    elif not any(one.recurring for one in prices):
        yield Found("note", line, f"{match} is for one payment: no subscription can have it")
    elif not any(one.on_sale for one in prices):
        yield Found("note", line, f"{match} is archived at Stripe: only earlier subscriptions have it")
