"""What was owed about a customer from before an erasure is dropped; what the erasure itself owes comes after it."""

import pytest

from functions.effects.perform import perform
from shared.effects.announcement import Announcement
from shared.effects.erasure import Erase
from shared.effects.observe import Observe
from shared.records.connected_account import ConnectedAccount
from tests.consumer.material import NOW, announcement, mail
from tests.consumer.world import World
from tests.effects.leaving import ACCOUNT, Leaving

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
def leaving(world: World, monkeypatch: pytest.MonkeyPatch) -> Leaving:
    """The worker erases for real, each time as little as it can."""
    leaving = Leaving(world)
    monkeypatch.setattr(world.outside, "erase", lambda effect, cursor, _deadline: leaving.step(effect, cursor))
    return leaving


def bury_later(leaving: Leaving, subject: str) -> None:
    leaving.world.clock.now += 1
    leaving.bury(subject)


def test_announcements_and_observations_from_before_the_erasure_are_dropped(leaving: Leaving) -> None:
    leaving.live("cus_1")
    owed = leaving.save(then=(announcement(), ASKED))
    bury_later(leaving, "cus_1")
    leaving.world.work("effects", owed)
    assert leaving.world.outcomes(owed) == ["erased", "erased"]
    assert (leaving.world.outside.announcements, leaving.world.outside.observed) == ([], [])


def test_so_is_a_look_at_the_subscription_of_a_customer_who_was_erased(leaving: Leaving) -> None:
    leaving.live("cus_1")
    owed = leaving.save(then=(ASKED.model_copy(update={"object": "subscription", "id": "sub_1", "customer": "cus_1"}),))
    bury_later(leaving, "cus_1")
    leaving.world.work("effects", owed)
    assert (leaving.world.outcomes(owed), leaving.world.outside.observed) == (["erased"], [])


def test_they_are_dropped_when_their_whole_account_was_erased(leaving: Leaving) -> None:
    leaving.live("cus_1")
    leaving.save(ConnectedAccount(account=ACCOUNT, subject=ACCOUNT))
    about_nobody = announcement("evt_2:payout.paid").model_copy(update={"customer": None})
    owed = leaving.save(then=(announcement(), about_nobody, ASKED))
    bury_later(leaving, ACCOUNT)
    leaving.world.work("effects", owed)
    assert leaving.world.outcomes(owed) == ["erased", "erased"]
    assert leaving.world.outside.announcements == []


def test_what_is_owed_from_after_the_erasure_is_performed(leaving: Leaving) -> None:
    leaving.live("cus_1")
    bury_later(leaving, "cus_1")
    leaving.world.clock.now += 1
    owed = leaving.save(then=(announcement(), ASKED))
    leaving.world.work("effects", owed)
    assert leaving.world.outcomes(owed) == ["observed", "published"]


@pytest.mark.parametrize("deleted", [False, True], ids=["before it is deleted", "after it is deleted"])
def test_a_mail_from_before_the_erasure_is_not_sent(leaving: Leaving, *, deleted: bool) -> None:
    leaving.live("cus_1")
    owed = leaving.save(then=(mail(expires=NOW + 3 * 24 * 3600),))
    leaving.world.clock.now += 1
    effect = leaving.bury("cus_1")
    if deleted:
        leaving.erase(effect)
    leaving.world.work("mails", owed)
    assert leaving.world.outcomes(owed) == ["erased"]
    assert leaving.world.outside.mails == []


def test_a_long_erasure_goes_on_by_messages_of_its_own_and_is_announced_at_its_end(leaving: Leaving) -> None:
    leaving.live("cus_1", payments=3)
    owed = leaving.save(then=(Erase(account=ACCOUNT, customer="cus_1", as_of=NOW, version=1), ERASED))
    rounds = 0
    while (result := leaving.world.work("effects", owed)).again:
        assert leaving.world.outside.announcements == []
        rounds += 1
    assert (result.state, rounds) == ("performed", 2)
    assert leaving.world.outcomes(owed) == ["erased 10", "published"]
    assert [one.name for one in leaving.world.outside.announcements] == ["organization.erased"]
    assert leaving.world.books() == {}


def test_an_erasure_that_never_ends_is_given_up(leaving: Leaving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perform, "MOST_ROUNDS", 2)
    leaving.live("cus_1", payments=9)
    owed = leaving.save(then=(Erase(account=ACCOUNT, customer="cus_1", as_of=NOW, version=1),))
    states = [leaving.world.work("effects", owed).state for _ in range(3)]
    assert states == ["goes on", "goes on", "failed"]
    leaving.world.clock.now += 60
    redriven = leaving.world.work("effects", owed, sent=leaving.world.clock.now)
    assert redriven.state == "goes on"


def test_the_record_itself_is_gone_with_the_commit(leaving: Leaving) -> None:
    leaving.live("cus_1")
    leaving.bury("cus_1")
    assert [sk.partition("#")[0] for sk in leaving.world.books()] == ["event"]
