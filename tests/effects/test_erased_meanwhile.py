"""Effects owed before an erasure are dropped; effects that the erasure owes come after it."""

import pytest

from functions.effects.perform import perform
from shared.effects.announcement import Announcement
from shared.effects.erasure import Erase
from shared.effects.observe import Observe
from shared.records.connected_account import ConnectedAccount
from tests.consumer.examples import NOW, announcement, mail
from tests.consumer.world import World
from tests.effects.erasable_customers import ACCOUNT, ErasableCustomers

ASKED = Observe(object="customer", account=ACCOUNT, id="cus_1", event="evt_1")
ERASED = Announcement(
    id="evt_9:organization.erased",
    name="organization.erased",
    at=NOW,
    account=ACCOUNT,
    customer="cus_1",
    record="acct_1#cus_1/organization",
    version=1,
)


@pytest.fixture
def customers(world: World, monkeypatch: pytest.MonkeyPatch) -> ErasableCustomers:
    """The worker erases for real, each time as little as it can."""
    customers = ErasableCustomers(world)
    monkeypatch.setattr(world.services, "erase", lambda effect, _at, cursor, _deadline: customers.step(effect, cursor))
    return customers


def bury_later(customers: ErasableCustomers, subject: str) -> None:
    customers.world.clock.now += 1
    customers.bury(subject)


def test_announcements_and_observations_from_before_the_erasure_are_dropped(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    owed = customers.save(then=(announcement(), ASKED))
    bury_later(customers, "cus_1")
    customers.world.work("effects", owed)
    assert customers.world.outcomes(owed) == ["erased", "erased"]
    assert (customers.world.services.announcements, customers.world.services.observed) == ([], [])


def test_so_is_a_look_at_the_subscription_of_a_customer_who_was_erased(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    owed = customers.save(
        then=(ASKED.model_copy(update={"object": "subscription", "id": "sub_1", "customer": "cus_1"}),)
    )
    bury_later(customers, "cus_1")
    customers.world.work("effects", owed)
    assert (customers.world.outcomes(owed), customers.world.services.observed) == (["erased"], [])


def test_they_are_dropped_when_their_whole_account_was_erased(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    customers.save(ConnectedAccount(account=ACCOUNT, subject=ACCOUNT))
    about_nobody = announcement("evt_2:payout.paid").model_copy(update={"customer": None})
    owed = customers.save(then=(announcement(), about_nobody, ASKED))
    bury_later(customers, ACCOUNT)
    customers.world.work("effects", owed)
    assert customers.world.outcomes(owed) == ["erased", "erased"]
    assert customers.world.services.announcements == []


def test_what_is_owed_from_after_the_erasure_is_performed(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    bury_later(customers, "cus_1")
    customers.world.clock.now += 1
    owed = customers.save(then=(announcement(), ASKED))
    customers.world.work("effects", owed)
    assert customers.world.outcomes(owed) == ["published", "observed"]


@pytest.mark.parametrize("deleted", [False, True], ids=["before it is deleted", "after it is deleted"])
def test_a_mail_from_before_the_erasure_is_not_sent(customers: ErasableCustomers, *, deleted: bool) -> None:
    customers.live("cus_1")
    owed = customers.save(then=(mail(expires=NOW + 3 * 24 * 3600),))
    customers.world.clock.now += 1
    effect = customers.bury("cus_1")
    if deleted:
        customers.erase(effect)
    customers.world.work("mails", owed)
    assert customers.world.outcomes(owed) == ["erased"]
    assert customers.world.services.mails == []


def test_a_long_erasure_goes_on_by_messages_of_its_own_and_is_announced_at_its_end(
    customers: ErasableCustomers,
) -> None:
    customers.live("cus_1", payments=3)
    owed = customers.save(then=(Erase(account=ACCOUNT, customer="cus_1", as_of=NOW, version=1), ERASED))
    rounds = 0
    while (result := customers.world.work("effects", owed)).again:
        assert customers.world.services.announcements == []
        rounds += 1
    assert (result.state, rounds) == ("performed", 2)
    assert customers.world.outcomes(owed) == ["erased 10", "published"]
    assert [one.name for one in customers.world.services.announcements] == ["organization.erased"]
    assert customers.world.books() == {}


def test_an_erasure_that_never_ends_is_given_up(customers: ErasableCustomers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perform, "MOST_ROUNDS", 2)
    customers.live("cus_1", payments=9)
    owed = customers.save(then=(Erase(account=ACCOUNT, customer="cus_1", as_of=NOW, version=1),))
    states = [customers.world.work("effects", owed).state for _ in range(3)]
    assert states == ["goes on", "goes on", "failed"]
    customers.world.clock.now += 60
    redriven = customers.world.work("effects", owed, sent=customers.world.clock.now)
    assert redriven.state == "goes on"


def test_the_record_itself_is_gone_with_the_commit(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    customers.bury("cus_1")
    assert [sk.partition("#")[0] for sk in customers.world.books()] == ["event"]
