"""observed.erasure: Stripe confirms or contradicts the erasure of a customer, or cannot be asked."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.erasing import erasure_of
from shared.effects.observe import ErasureCheck, Observe
from shared.mails.mail import Once
from shared.mails.to_operator_of_erasures import ERASURE_CONTRADICTED, ERASURE_UNCONFIRMED
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The erasure, or the organization that Stripe still has; without an answer a deletion waits for its schedule.

    The days since the end of the last subscription were delay enough, so without a key nothing holds up a farewell.
    A stored key that does not fit confirms nothing: the operator is told, and the erasure waits for its schedule. An
    account that has left shows its customers to no key.
    """
    check = read(ErasureCheck, event.object)
    organization = books.read(Organization, event.account, check.customer)
    due_at = organization.erasable_at(books.policy)
    if organization.version == 0 or organization.is_still_subscribed or due_at is None or due_at > event.created:
        return NOTHING
    by_deletion, place = organization.deleted and books.policy.erase_deleted, organization.partition
    answer = check.answer
    if answer == "misfit" and not books.read(ConnectedAccount, event.account).is_authorized:
        answer = "unanswered"
    if answer == "misfit" or (answer == "unanswered" and by_deletion):
        erased_by = event.created + books.policy.erase_unconfirmed_after
        mail = tell_operator(
            place, ERASURE_UNCONFIRMED, Once(str(due_at)), event, customer=check.customer, erased_by=erased_by
        )
        return Decision(then=(mail,))
    if answer in {"gone", "unanswered"} or (answer == "unsubscribed" and not by_deletion):
        return Decision(then=erasure_of(organization, event))
    mail = tell_operator(place, ERASURE_CONTRADICTED, Once(str(due_at)), event, customer=check.customer)
    look = Observe(object="customer", account=event.account, id=check.customer, event=event.id)
    return Decision(save=(organization.with_life(event, subscribed=answer == "subscribed"),), then=(look, mail))
