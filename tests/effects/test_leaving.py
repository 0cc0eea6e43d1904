"""A customer who leaves gets all data in one file, and no identifying data is left."""

import io
import json
from typing import Any

import pytest

from functions.consumer.commit.commit import commit
from functions.effects.perform.export_links import ExportLinks
from shared.decisions.decision import Decision
from shared.failures.errors import Permanent, Retryable
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read
from shared.tables.books import DynamoBooks
from shared.values.export_files import file_key
from shared.values.tokens import Tokens
from tests.consumer.examples import NOW, PARTITION, mail
from tests.consumer.world import World
from tests.effects.erasable_customers import ErasableCustomers
from tests.support.samples import sample


@pytest.fixture
def customers(world: World) -> ErasableCustomers:
    return ErasableCustomers(world)


def live(customers: ErasableCustomers, mails: int = 1) -> None:
    """A customer with a record, some mails, a payment under its own id, and an archived payload."""
    organization = Organization(account="acct_1", subject="cus_1", reminders={"in_1": NOW})
    pointer = PaymentIndex(account="acct_1", subject="cus_1", payment="pi_1")
    payment = Payment(account="acct_1", subject="pi_1", customer="cus_1")
    claims = tuple(mail(f"mail {number}") for number in range(mails))
    customers.save(organization, pointer, payment, then=claims, archive_of="cus_1")


def exported(customers: ErasableCustomers) -> dict[str, Any]:
    assert customers.export("cus_1").startswith("written ")
    (file,) = customers.bucket.files.values()
    found: dict[str, Any] = json.loads(file)
    return found


def test_the_export_holds_everything_about_the_customer(customers: ErasableCustomers) -> None:
    live(customers)
    for _ in range(2):  # what an earlier export left behind is no part of it
        found = exported(customers)
    assert found["customer"] == "cus_1"
    assert set(found["records"]) == {"organization", "payment#pi_1", "acct_1#pi_1/payment"}
    assert [one["to"] for one in found["mails"]] == ["ann@example.com"]
    assert [one["id"] for one in found["events"]] == ["evt_1"]


def test_the_export_holds_what_is_over_too(customers: ErasableCustomers) -> None:
    paid = sample("invoice.paid")
    nobody = Organization(account="acct_1", subject="cus_1")
    closed = nobody.with_invoice(read(Invoice, paid.object), paid).past_since(nobody)
    customers.save(nobody, *closed)
    assert f"invoice#{paid.object['id']}" in exported(customers)["records"]


def test_the_file_is_found_by_the_link_and_not_by_the_customers_id(customers: ErasableCustomers) -> None:
    live(customers)
    customers.export("cus_1")
    (key,) = customers.bucket.files
    assert "cus_1" not in key
    shown = ExportLinks(customers.world.store, "https://billhook.example/exports/").shown(PARTITION, NOW * 1000)
    assert file_key(str(shown["export_url"]).removeprefix("https://billhook.example/exports/")) == key


def test_nothing_is_left_of_an_erased_customer_but_that_it_was_erased(customers: ErasableCustomers) -> None:
    live(customers, mails=30)
    customers.export("cus_1")
    outcome, _ = customers.erase(customers.bury("cus_1"))
    assert outcome == "erased 34"  # an event, 30 mails, a payment, its pointer, and what told of the export
    assert customers.bucket.files == {}
    left = str(customers.left()).replace("tombstone of acct_1#pi_1", "tombstone")  # the test's token hides nothing
    assert "tombstone" in left
    assert not [secret for secret in ("ann@example.com", "in_1", "pi_1") if secret in left]
    organization = DynamoBooks(customers.world.store, Policy()).read(Organization, "acct_1", "cus_1")
    assert (organization.version, organization.erased_at) == (0, NOW)


def test_no_export_is_written_of_a_customer_who_was_erased_meanwhile(customers: ErasableCustomers) -> None:
    live(customers)
    customers.world.clock.now += 1
    customers.erase(customers.bury("cus_1"))
    assert customers.export("cus_1", committed=NOW) == "erased"
    assert customers.bucket.files == {}


def test_an_export_is_taken_back_if_the_customer_is_erased_while_it_is_written(customers: ErasableCustomers) -> None:
    def erased() -> None:
        customers.erase(customers.bury("cus_1"))

    live(customers)
    customers.world.clock.now += 1
    customers.bucket.meanwhile.append(erased)
    assert customers.export("cus_1", committed=NOW) == "erased"
    assert customers.bucket.files == {}
    assert customers.world.books() == {}


def test_of_a_customer_who_came_back_an_export_is_written_again(customers: ErasableCustomers) -> None:
    live(customers)
    customers.erase(customers.bury("cus_1"))
    customers.world.clock.now += 1
    customers.save(Organization(account="acct_1", subject="cus_1", versions_before=1))
    assert customers.export("cus_1", committed=NOW + 1).startswith("written ")


def test_an_old_export_takes_no_file_of_a_customer_who_came_back(customers: ErasableCustomers) -> None:
    live(customers)
    customers.world.clock.now += 1
    customers.erase(customers.bury("cus_1"))
    customers.world.clock.now += 1
    customers.save(Organization(account="acct_1", subject="cus_1", versions_before=1))
    assert customers.export("cus_1", committed=NOW + 2).startswith("written ")
    assert customers.export("cus_1", committed=NOW) == "erased"  # SQS hands out what failed before the erasure
    assert customers.bucket.files
    assert f"export#{(NOW + 2) * 1000}" in customers.world.books()


def test_an_export_that_takes_too_long_fails_before_lambda_ends_the_worker(customers: ErasableCustomers) -> None:
    live(customers)
    with pytest.raises(Retryable, match="out_of_time"):
        customers.export("cus_1", seconds=0)
    assert customers.bucket.files == {}


def test_two_new_records_of_one_partition_have_one_holding(world: World) -> None:
    holding = AccountIndex(account="acct_1", subject="acct_1", held="cus_1")
    for event_id in ("evt_4", "evt_5"):
        commit(world.store, world.claim(event_id=event_id), world.event(event_id), "{}", Decision(save=(holding,)))
    assert list(world.books("acct_1#acct_1")) == ["holds#cus_1"]


def test_an_event_that_fails_does_not_bring_an_erased_customer_back(customers: ErasableCustomers) -> None:
    def fail(_event: Event, _books: Books) -> Decision:
        raise Permanent("not_for_us")

    world = customers.world
    live(customers)
    customers.erase(customers.bury("cus_1"))
    world.decide = fail

    assert world.consume("message-9", "evt_9").state == "failed"
    assert world.books() == {}


def test_a_token_is_ours_alone_and_its_key_is_fetched_once() -> None:
    fetched = io.StringIO()

    class Secrets:
        def get_secret_value(self, **kwargs: str) -> dict[str, str]:
            fetched.write(kwargs["SecretId"])
            return {"SecretString": "a key of this stack's own"}

    ours = Tokens(Secrets(), "token-key")  # type: ignore[arg-type] # it asks for no more
    made = {ours("export", PARTITION), ours("tombstone", PARTITION), ours("export", "acct_1#cus_2")}
    assert {len(one) for one in made} == {43}
    assert len(made) == 3
    assert fetched.getvalue() == "token-key"
