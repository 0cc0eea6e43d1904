"""Each export has a link of its own, which nobody can guess or find, and which ends."""

import pytest

from functions.effects.perform.export_links import NO_LINK, ExportLinks
from functions.effects.perform.exporter import Exporter
from shared.effects.erasure import Export
from shared.mails.of_subscriptions import FAREWELL
from shared.values import keys
from shared.values.export_files import UNTIL, file_key, logged_name
from shared.values.times import HOUR
from tests.consumer.examples import NOW, PARTITION, mail, token
from tests.consumer.world import World
from tests.effects.erasable_customers import ErasableCustomers
from tests.effects.owed_effects import EXPORT, owe

URL = "https://billhook.example/exports"


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


@pytest.fixture
def customers(world: World) -> ErasableCustomers:
    customers = ErasableCustomers(world)
    customers.live("cus_1")
    return customers


def link(customers: ErasableCustomers, committed: int = NOW) -> str | None:
    url = ExportLinks(customers.world.store, URL).shown(PARTITION, committed * 1000)["export_url"]
    return None if url is None else str(url).removeprefix(f"{URL}/")


def test_a_second_export_has_another_link_and_both_lead_to_their_files(customers: ErasableCustomers) -> None:
    for committed in (NOW, NOW + 1):
        customers.export("cus_1", committed=committed)
    links = {link(customers, committed) for committed in (NOW, NOW + 1)}
    assert {file_key(str(one)) for one in links} == set(customers.bucket.files)
    assert len(customers.bucket.files) == 2


def test_an_export_that_is_tried_again_leaves_one_file_and_one_link(customers: ErasableCustomers) -> None:
    first = (customers.export("cus_1"), link(customers))
    customers.world.clock.now += HOUR
    assert (customers.export("cus_1"), link(customers)) == first
    assert len(customers.bucket.files) == 1


def test_neither_the_table_nor_the_key_alone_makes_the_link(customers: ErasableCustomers) -> None:
    customers.export("cus_1")
    (note,) = (item for (_, sk), item in customers.left().items() if keys.is_export(sk))
    assert str(link(customers)) not in str(customers.left())
    assert link(customers) != token("export", PARTITION)
    assert str(note["nonce"]) in str(link(customers))  # the test's token hides nothing
    assert len(note["nonce"]) == 43


def test_the_end_of_a_link_is_the_same_in_the_mail_and_on_the_file(customers: ErasableCustomers) -> None:
    customers.export("cus_1")
    shown = ExportLinks(customers.world.store, URL).shown(PARTITION, NOW * 1000)
    ((key, metadata),) = customers.bucket.metadata.items()
    end = int(customers.world.clock.now) + 72 * HOUR
    assert (shown["export_until"], metadata) == (end, {UNTIL: str(end)})
    assert key in customers.bucket.files


def test_a_mail_that_goes_after_the_end_has_no_link(customers: ErasableCustomers) -> None:
    customers.export("cus_1")
    customers.world.clock.now += 72 * HOUR - 1
    assert link(customers) is not None
    customers.world.clock.now += 1
    assert link(customers) is None


def test_what_was_written_is_known_by_a_name_that_opens_nothing(customers: ErasableCustomers) -> None:
    outcome = customers.export("cus_1")
    (key,) = customers.bucket.files
    assert outcome == f"written {logged_name(key)}"
    assert outcome.removeprefix("written ") not in key


def test_an_erasure_takes_the_files_of_all_exports_an_older_versions_too(customers: ErasableCustomers) -> None:
    customers.world.write_book(PARTITION, keys.EXPORT, {"saved_ms": NOW * 1000})
    customers.bucket.files[file_key(token("export", PARTITION))] = b"written by an older version"
    for committed in (NOW, NOW + 1):
        customers.export("cus_1", committed=committed)
    customers.erase(customers.bury("cus_1"))
    assert customers.bucket.files == {}
    assert customers.world.books() == {}


def test_without_links_no_file_is_written(customers: ErasableCustomers) -> None:
    off = Exporter(customers.world.store, customers.exporter.client, "exports", hours=0)
    effect = Export(account="acct_1", customer="cus_1")
    assert off.export(effect, NOW * 1000, customers.world.clock.now + 45) == "no links"
    assert customers.bucket.files == {}
    assert link(customers) is None


@pytest.mark.parametrize("linked", [True, False])
def test_a_farewell_shows_a_link_only_if_it_was_decided(
    world: World, monkeypatch: pytest.MonkeyPatch, *, linked: bool
) -> None:
    url = {"export_url": f"{URL}/x", "export_until": NOW}
    monkeypatch.setattr(world.services, "link", lambda _partition, _committed_ms: url)
    owe(world, mail(FAREWELL.name).model_copy(update={"data": {"export": linked}}), EXPORT)
    world.work("effects")
    world.work("mails")
    (sent,) = world.services.mails
    assert sent.data == {"export": linked, **(url if linked else NO_LINK)}
