"""farewell.asked: a customer who has left gets a new export and a new mail, as often as a person asks for one."""

from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.effects.email import Email
from shared.effects.erasure import Export
from shared.effects.remind import Remind
from shared.policy.policy import Policy
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import CUSTOMER, told

KNOWN = sample("customer.created")
CREATED = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")


def asked(books: BooksOf, after: int = 60) -> Decision:
    at = ENDED.created + after
    message = Remind(type="farewell.asked", at=at, about=CUSTOMER, account=PLATFORM, customer=CUSTOMER)
    return decide(fired(message), books)


def mails(decision: Decision) -> list[Email]:
    return [effect for effect in decision.then if isinstance(effect, Email)]


def test_who_has_left_gets_a_new_export_and_a_mail_and_no_new_date_of_erasure() -> None:
    decision = asked(told(KNOWN, CREATED, ENDED))
    assert decision.then[0] == Export(account=PLATFORM, customer=CUSTOMER)
    assert [type(effect) for effect in decision.then] == [Export, Email]
    assert mails(decision)[0].template == "farewell"
    assert mails(decision)[0].data["export"]


def test_each_request_has_a_mail_of_its_own() -> None:
    books = told(KNOWN, CREATED, ENDED)
    assert mails(asked(books))[0].key != mails(asked(books, 120))[0].key


def test_who_is_subscribed_or_unknown_gets_nothing() -> None:
    assert asked(told(CREATED)).then == ()
    assert asked(BooksOf()).then == ()
    assert asked(told(KNOWN)).then == ()


def test_without_links_the_operator_hears_of_it_and_no_file_is_written() -> None:
    decision = asked(told(KNOWN, CREATED, ENDED, policy=Policy(export_links=False)))
    assert {mail.template for mail in mails(decision)} == {"farewell", "export_withheld"}
    assert not any(isinstance(effect, Export) for effect in decision.then)
