"""`billhook plans check` names each mistake with its line, and compares the file with the prices at Stripe."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe
from stripe import StripeClient

from cli.command import main
from cli.operate import deploy
from cli.plans import check
from cli.plans.mistakes import mistakes_in
from tests.support.stripe_http import StripeHandler, form_fields, serving

FILE = """\
default = "free"
features = ["exports", "sso", "printing"]

[plans.free]
limits = { projects = 1 }

[plans.studio]
match = [
    "studio_monthly",
    "price_studio",
]
features = ["exports"]
limits = { seats = 5 }

[add_ons.desk]
match = ["prod_desk"]
features = ["printing"]
"""


def price(id_: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any of its fields
    product = {"id": f"prod_of_{id_}", "active": True}
    return {
        "id": id_,
        "object": "price",
        "active": True,
        "type": "recurring",
        "lookup_key": None,
        "product": product,
    } | more


SOLD = [
    price("price_1", lookup_key="studio_monthly"),
    price("price_studio"),
    price("price_2", product={"id": "prod_desk", "active": True}),
]


class Prices:
    """The list of prices at Stripe, in pages of two."""

    def __init__(self) -> None:
        self.has = list(SOLD)
        self.asked = 0
        self.refuses = False

    def answer(self, target: str) -> tuple[int, str]:
        assert urlsplit(target).path == "/v1/prices"
        asked = form_fields(urlsplit(target).query)
        self.asked += 1
        assert asked["expand"] == ["data.product"]
        if self.refuses:
            return 403, json.dumps({"error": {"type": "invalid_request_error", "message": "not allowed"}})
        ids = [one["id"] for one in self.has]
        begin = ids.index(asked["starting_after"]) + 1 if "starting_after" in asked else 0
        page = self.has[begin : begin + 2]
        more = begin + 2 < len(ids)
        return 200, json.dumps({"object": "list", "url": "/v1/prices", "data": page, "has_more": more})


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch) -> Iterator[Prices]:
    made, http = Prices(), stripe.RequestsClient()

    class Handler(StripeHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            self.respond(*made.answer(self.path))

    with serving(Handler) as url:
        at = {"api": url}
        client = StripeClient("rk_test_1", base_addresses=at, http_client=http, max_network_retries=0)  # type: ignore[arg-type] # its type wants all addresses
        monkeypatch.setattr(check, "client_of", lambda _key: client)
        monkeypatch.setenv("STRIPE_API_KEY", "rk_test_1")
        yield made
    http.close()  # type: ignore[no-untyped-call] # the SDK's


@pytest.fixture(autouse=True)
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    path = tmp_path / "plans.toml"
    path.write_text(FILE)
    monkeypatch.setattr(check, "PLANS", path)
    return path


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["plans", "check", *words]) == code
    return "".join(capsys.readouterr())


def test_a_file_without_mistakes_is_all_right_without_stripe_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert "0 mistakes, 0 notes" in (found := said(capsys))
    assert "Stripe was not asked: set STRIPE_API_KEY" in found


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        (("match = [\n", "macth = [\n"), 8, "plans.studio.macth is no key of plans.toml: write match"),
        (("seats = 5", "seats = 5.5"), 13, "plans.studio.limits.seats = 5.5 is no whole number: write"),
        (("seats = 5", "seats = true"), 13, "plans.studio.limits.seats = true is no whole number: write"),
        (("seats = 5", "seats = -1"), 13, "plans.studio.limits.seats = -1 is below 0: write 0 or more"),
        (
            ("[plans.free]", '[access]\ngrace_days = "14"\n\n[plans.free]'),
            5,
            'access.grace_days = "14" is no whole number',
        ),
        (('default = "free"', 'default = "fee"'), 1, 'default = "fee" names no plan of this file: write free, studio'),
        (('["exports"]', '["export"]'), 12, "the feature export is not in the list `features`"),
        (('["prod_desk"]', '["price_studio"]'), 16, "price_studio is in plans.studio already"),
        (('    "price_studio",', '    "studio_monthly",'), 10, "studio_monthly is in plans.studio already"),
        (("[add_ons.desk]", "[add_ons.studio]"), 15, "studio is a plan, too"),
    ],
)
def test_each_mistake_is_named_with_its_line_and_the_reason(
    file: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], line: int, reason: str
) -> None:
    file.write_text(FILE.replace(*change))
    found = said(capsys, code=1)
    assert any(f"line {line}: " in one and reason in one for one in found.splitlines()), found


def test_several_mistakes_are_named_in_the_order_of_the_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace("seats = 5", "seats = 5.5").replace('default = "free"', 'defaults = "free"'))
    assert [one.partition(":")[0] for one in said(capsys, code=1).splitlines()[:2]] == [
        "mistake  plans.toml, line 1",
        "mistake  plans.toml, line 13",
    ]


def test_a_file_that_is_no_toml_is_named_with_its_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace("limits = { seats = 5 }", "limits = { seats = 5"))
    assert "plans.toml, line 13: this is no TOML (" in said(capsys, code=1)
    file.write_text(f"{FILE}\na = [\n")
    assert "plans.toml, line 19: this is no TOML (" in said(capsys, code=1)


def test_a_file_that_is_not_in_utf_8_is_named_with_its_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(FILE.replace("sso", "zürich").encode("latin-1"))
    assert "plans.toml, line 2: the file is not in UTF-8: save it as UTF-8" in said(capsys, code=1)


def test_one_run_names_mistakes_of_every_kind(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = FILE.replace('"free"', '"gold"').replace("seats = 5", "seats = -1").replace('["printing"]', '["prints"]')
    file.write_text(text.replace('["prod_desk"]', '["price_studio"]'))
    found = said(capsys, code=1).splitlines()
    assert [one.split(":")[0] for one in found[:-1]] == [
        f"mistake  plans.toml, line {line}" for line in (1, 13, 16, 17)
    ]
    assert not any("Input should" in one or "Extra inputs" in one or "Value error" in one for one in found)


def test_with_stripes_entitlements_the_file_lists_no_features(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace('features = ["exports", "sso", "printing"]', 'features = "stripe"'))
    assert "0 mistakes, 0 notes" in said(capsys)


def test_what_may_be_meant_is_a_note(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace('default = "free"\n', "").replace('match = ["prod_desk"]\n', ""))
    found = said(capsys)
    assert "plans.free matches no price: only a grant gives it" in found
    assert "add_ons.desk matches no price: nobody can have it" in found
    assert "no default" in found
    assert "0 mistakes, 3 notes" in found


def test_a_missing_file_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.unlink()
    assert "is missing" in said(capsys, code=1)


def test_stripe_lists_all_prices_in_pages_and_all_fits(prices: Prices, capsys: pytest.CaptureFixture[str]) -> None:
    assert "0 mistakes, 0 notes" in said(capsys)
    assert prices.asked == 2


def test_what_does_not_fit_stripe_is_named(prices: Prices, capsys: pytest.CaptureFixture[str]) -> None:
    prices.has = [
        price("price_new", lookup_key="enterprise"),
        price("price_studio", active=False),
        price("price_2", product={"id": "prod_desk", "active": False}),
        price("price_once", type="one_time"),
        price("price_old", active=False),
    ]
    found = said(capsys, code=1)
    assert "mistake  plans.toml, line 9: Stripe has no price with the lookup key studio_monthly" in found
    assert "note     plans.toml, line 10: price_studio is archived at Stripe" in found
    assert "note     plans.toml, line 16: prod_desk is archived at Stripe" in found
    assert "price_new (enterprise) of prod_of_price_new is for sale at Stripe, and no plan matches it" in found
    assert "price_once" not in found
    assert "price_old" not in found


def test_a_price_for_one_payment_is_no_subscriptions(prices: Prices, capsys: pytest.CaptureFixture[str]) -> None:
    prices.has[1] = price("price_studio", type="one_time")
    assert "price_studio is for one payment" in said(capsys)


def test_stripe_is_not_asked_offline_or_about_a_file_with_mistakes(
    prices: Prices, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "--offline")
    file.write_text(FILE.replace("seats = 5", "seats = 5.5"))
    said(capsys, code=1)
    assert prices.asked == 0


def test_a_key_that_may_not_list_prices_is_said(prices: Prices, capsys: pytest.CaptureFixture[str]) -> None:
    prices.refuses = True
    assert "must be allowed to read Prices and Products" in said(capsys, code=1)


def test_a_deployment_begins_with_the_check(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(deploy, "make", ran.append)
    file.write_text(FILE.replace("seats = 5", "seats = 5.5"))
    assert main(["deploy"]) == 1
    assert "nothing was done" in capsys.readouterr().err
    assert ran == []


def test_the_files_of_the_tests_has_no_mistake() -> None:
    text = (Path(__file__).parents[2] / "business/plans.toml").read_text()
    assert list(mistakes_in(text)) == []
