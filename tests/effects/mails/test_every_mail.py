"""Every mail reads well, even with missing data."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from functions.consumer.decide.collect_mails import with_counted_mails
from functions.consumer.decide.decide import decide
from functions.consumer.routes import ROUTES
from functions.effects.mails.render import render
from shared.effects.email import Email
from shared.effects.observe import Observe
from shared.effects.remind import erasure_at
from shared.mails.catalogue import MAILS
from shared.policy.plans import AccessRules
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.frozen import Scalar
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.mails import BUSINESS, FULL, OPTIONAL, URL, VARIANTS, links, shown, words
from tests.support.samples import fired, sample
from tests.support.stories import CUSTOMER, ROUTED, answered, told

TEMPLATES = Path(inspect.getfile(render)).parent / "templates"
ALL = MAILS.keys()

each_variant = pytest.mark.parametrize(
    ("template", "data"), VARIANTS, ids=[f"{name}-{sum(v is None for v in data.values())}" for name, data in VARIANTS]
)


def test_every_mail_of_the_policy_has_a_text_and_an_html_and_nothing_else_lies_there() -> None:
    files = sorted(path.name for path in TEMPLATES.iterdir() if not path.name.startswith("_"))
    assert files == sorted(f"{name}.{kind}" for name in ALL for kind in ("html", "txt"))


def test_every_mail_is_looked_at_here() -> None:
    assert FULL.keys() == OPTIONAL.keys() == ALL


@each_variant
def test_the_subject_is_one_line(template: str, data: dict[str, Scalar]) -> None:
    subject, _, _ = shown(template, **data)
    assert subject == subject.strip()
    assert 0 < len(subject) < 80
    assert subject.isprintable()


@each_variant
def test_no_sentence_breaks_where_something_is_missing(template: str, data: dict[str, Scalar]) -> None:
    _, text, html = shown(template, **data)
    for read in (text, words(html)):
        assert not re.search(r"None|[{}%]|  | [,.:]|for invoice ?[.,]|\b(of|on|for|before) ?[.,:]|[,.:]{2}", read)


@each_variant
def test_the_text_has_whole_lines_and_single_blank_ones(template: str, data: dict[str, Scalar]) -> None:
    _, text, _ = shown(template, **data)
    assert "\n\n\n" not in text
    assert text.endswith(f"\n\n{BUSINESS}\n")
    for line in text.splitlines():
        assert line == line.strip()
        assert not line or line[0].isupper() or line.startswith("https://")


@each_variant
def test_a_colon_is_followed_by_the_address_it_promises(template: str, data: dict[str, Scalar]) -> None:
    _, text, _ = shown(template, **data)
    for line, following in zip(text.splitlines(), [*text.splitlines()[2:], "", ""], strict=True):
        assert line.endswith(":") == following.startswith("https://")


@each_variant
def test_the_text_and_the_html_say_the_same(template: str, data: dict[str, Scalar]) -> None:
    subject, text, html = shown(template, **data)
    seen = words(html).removeprefix(f"{BUSINESS} {subject} ")
    plain = " ".join(re.sub(r":\n\nhttps://\S+", ".", text.removesuffix(f"\n\n{BUSINESS}\n")).split())
    assert seen == plain
    assert links(html) == links(text)


@each_variant
def test_a_link_that_the_mail_was_given_is_in_it(template: str, data: dict[str, Scalar]) -> None:
    _, text, _ = shown(template, **data)
    assert (URL in text) == (URL in data.values())


@pytest.mark.parametrize("template", sorted(FULL))
def test_a_mail_that_lacks_what_it_must_have_is_never_sent_half_empty(template: str) -> None:
    for field in set(FULL[template]) - set(OPTIONAL[template]):
        with pytest.raises((TypeError, AttributeError)):
            shown(template, **{field: None})
    with pytest.raises(UndefinedError):
        render(Email(template=template, to=None, partition="p", key="k", expires=0), BUSINESS)


def mails_of(event: Event, books: BooksOf) -> Iterator[Email]:
    return (effect for effect in ROUTES[event.type](event, books).then if isinstance(effect, Email))


UNLISTED, ANOTHER = ({"data": [{"price": {"id": f"price_of_{day}"}}]} for day in ("tomorrow", "yesterday"))
"""The items of a subscription at a price that plans.toml does not name."""


def told_by_several_events() -> Iterator[Email]:
    """What no single event leads to."""
    begun = sample("customer.subscription.created")
    (item,) = begun.object["items"]["data"]
    nameless = {**item, "price": {**item["price"], "lookup_key": None}}
    moved = sample("customer.subscription.updated.renewal", items={"data": [nameless], "has_more": True})
    yield from mails_of(moved, told(begun))
    left = told(begun, sample("invoice.payment_failed"), sample("customer.subscription.deleted"))
    at = left.read(Organization, PLATFORM, CUSTOMER).erasable_at(left.policy) or 0
    for week in (0, 12):
        yield from mails_of(fired(erasure_at(at + week * 7 * DAY, PLATFORM, CUSTOMER)), left)
    rules = Policy(plans=read_plans().model_copy(update={"access": AccessRules(grace_days=7)}))
    late = told(begun, sample("invoice.payment_failed"), sample("customer.subscription.updated"), policy=rules)
    for reminder in late.reminders.values():
        yield from mails_of(fired(reminder), late)
    ended = sample("customer.subscription.deleted")
    changed = sample("customer.updated", created=ended.created - 1, email="new@fernhill.example")
    for reminder in told(begun, sample("customer.created"), changed, ended).reminders.values():
        yield from mails_of(fired(reminder), told(begun, sample("customer.created"), changed, ended))
    second = sample("customer.subscription.created", id="sub_2", customer="cus_2", items=UNLISTED)
    counted = BooksOf()
    for event in (sample("customer.subscription.created", items=ANOTHER), second):
        counted.apply(with_counted_mails(decide(event, counted), event, counted))
    for reminder in counted.reminders.values():
        yield from mails_of(fired(reminder), counted)
    deleted = sample("customer.deleted")
    look = Observe(object="erasure", account=PLATFORM, id=CUSTOMER, event=deleted.id)
    for answer in ("subscribed", "unanswered", "misfit"):
        yield from mails_of(answered(look, answer, deleted.created + 60), told(begun, deleted))


@pytest.fixture(scope="module")
def asked_for() -> list[Email]:
    """The mails that handlers decide after each single earlier event, and the mails of their reminders.

    Rules that hold for every mail, such as the wait for an address, are left out.
    """
    unlisted = sample("customer.subscription.created", items=UNLISTED)
    rejected = sample("account.updated", requirements={"disabled_reason": "rejected.fraud"})
    inquiry = sample("charge.dispute.created.inquiry")
    same = {name: inquiry.object[name] for name in ("id", "payment_intent")}
    escalated = sample("charge.dispute.updated", event_id="evt_escalated", **same)
    refunded = sample("charge.refunded")
    grave = Organization(account=PLATFORM, subject=CUSTOMER, erased_at=refunded.object["created"])
    mails = list(told_by_several_events())
    mails += [mail for mail in decide(refunded, BooksOf(grave)).then if isinstance(mail, Email)]
    for books in (BooksOf(), *(told(event) for event in ROUTED)):
        due = [fired(reminder) for reminder in books.reminders.values()]
        mails += [mail for event in (*ROUTED, unlisted, rejected, escalated, *due) for mail in mails_of(event, books)]
    return mails


def test_every_mail_that_a_handler_asks_for_can_be_rendered(asked_for: list[Email]) -> None:
    for mail in asked_for:
        link: dict[str, Scalar] = {"export_url": URL, "export_until": 1} if "export" in mail.data else {}
        subject, _, _ = render(mail.model_copy(update={"data": {**mail.data, **link}}), BUSINESS)
        assert 0 < len(subject) < 80


def test_every_mail_is_asked_for_with_just_what_it_is_looked_at_with_here(asked_for: list[Email]) -> None:
    by_the_mailer = {"export", "export_url", "export_until"}
    assert {mail.template for mail in asked_for} == ALL
    for mail in asked_for:
        assert mail.data.keys() - by_the_mailer == FULL[mail.template].keys() - by_the_mailer


def test_a_mail_goes_to_whom_it_is_written_for(asked_for: list[Email]) -> None:
    for mail in asked_for:
        to_operator = MAILS[mail.template].audience == "operator"
        assert (mail.audience == "operator") == to_operator
        assert ("name" in mail.data) == (not to_operator)


def test_a_subscription_that_is_set_to_end_is_not_said_to_renew() -> None:
    books = told(sample("customer.subscription.created"))
    for ends, said in ((False, True), (True, False)):
        change = sample("customer.subscription.updated.plan_change", cancel_at_period_end=ends)
        changed = next(mail for mail in mails_of(change, books) if mail.template == "plan_changed")
        assert ("It renews on" in render(changed, BUSINESS)[1]) == said
