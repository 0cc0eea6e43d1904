"""The books in memory, as the tables keep them."""

from typing import TYPE_CHECKING

from shared.decisions.decision import Decision, StoredRecord
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.erasure import Erase, Export
from shared.effects.observe import Observe
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, EndedSubscription
from shared.records.payment import Payment
from shared.records.stored_record import Record

if TYPE_CHECKING:
    from shared.effects.remind import Remind


class BooksOf:
    """Books that hold `records`, and what the decisions applied to them have saved, mailed, scheduled and asked."""

    def __init__(self, *records: StoredRecord, policy: Policy | None = None) -> None:
        self.policy = policy or Policy(plans=read_plans(), mail_connected=True, tell_connected=True)
        self.exports: list[Export] = []
        self.erasures: list[Erase] = []
        self.observations: dict[str, Observe] = {}
        self.announcements: dict[str, Announcement] = {}
        self.records = {record.key: record for record in records}
        self.mails: dict[tuple[str, str], Email] = {}
        self.reminders: dict[str, Remind] = {}

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record; an organization has its whole past, for a handler that is called alone (`decide` recalls it)."""
        empty = kind.empty(*names)
        stored = self.records.get(empty.key, empty)
        found = self._with_past(stored) if isinstance(stored, Organization) else stored
        assert isinstance(found, kind)
        return found

    def _with_past(self, organization: Organization) -> Organization:
        past = (one for one in self.records.values() if isinstance(one, EndedSubscription | ClosedInvoice))
        theirs = [one for one in past if one.partition == organization.partition]
        return organization.with_past({one.sort_key.partition("#")[2]: one for one in theirs})

    def awaits_settlement(self, account: str, customer: str) -> bool:
        theirs = [one for one in self.records.values() if one.account == account]
        payments = (one for one in theirs if isinstance(one, Payment) and one.customer == customer)
        orders = (one for one in theirs if isinstance(one, Order) and one.subject == customer)
        return any(one.awaits_settlement for one in payments) or any(one.awaits_settlement for one in orders)

    def apply(self, decision: Decision) -> None:
        """Commit: a record under its next version, a mail whose key is taken not again, nor a schedule's name."""
        for record in decision.save:
            place = record.key
            before = self.records.get(place)
            fresh = record.version == (before.version if before else 0)
            assert fresh or record.repeatable, "decided on a record that has changed since"
            if record.is_empty:
                continue
            stored = type(record).model_validate_json(
                record.model_dump_json(exclude={"version"}, exclude_defaults=True)
            )
            self.records[place] = stored.model_copy(update={"version": record.version + 1})
        for effect in decision.then:
            if isinstance(effect, Email):
                self.mails.setdefault((effect.partition, effect.key), effect)
            elif isinstance(effect, Export):
                self.exports.append(effect)
            elif isinstance(effect, Erase):
                self.erasures.append(effect)
            elif isinstance(effect, Observe):
                self.observations.setdefault(effect.name, effect)
            elif isinstance(effect, Announcement):
                self.announcements.setdefault(effect.id, effect)
            else:
                self.reminders.setdefault(effect.name, effect)

    def contents(self) -> dict[tuple[str, str], StoredRecord]:
        """What two tellings of one story must have in common; how many commits it took may differ."""
        return {place: record.model_copy(update={"version": 0}) for place, record in self.records.items()}
