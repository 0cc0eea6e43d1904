"""The books in memory, as the tables keep them."""

from shared.accounts import ConnectedAccount, PayoutRecord
from shared.decision import Decision, Kept
from shared.effects import Email, Erase, Export, Publish, Remind
from shared.orders import Order
from shared.payments import Payment
from shared.plans import read_plans
from shared.policy import Policy
from shared.records import Organization
from shared.stripe_objects import Contact


class BooksOf:
    """Books that hold `records`, and what the decisions applied to them have saved, mailed and scheduled."""

    def __init__(self, *records: Kept, policy: Policy | None = None) -> None:
        self.policy = policy or Policy(plans=read_plans(), mail_connected=True, tell_connected=True)
        self.at_stripe: dict[tuple[str, str], Contact] = {}
        self.exports: list[Export] = []
        self.erasures: list[Erase] = []
        self.announcements: dict[str, Publish] = {}
        self.records = {(record.partition, record.sort_key): record for record in records}
        self.mails: dict[tuple[str, str], Email] = {}
        self.reminders: dict[str, Remind] = {}

    def organization(self, account: str, customer: str) -> Organization:
        return self._read(Organization(account=account, subject=customer))

    def order(self, account: str, subject: str, session: str) -> Order:
        return self._read(Order(account=account, subject=subject, session_id=session))

    def contact_at_stripe(self, account: str, subject: str) -> Contact | None:
        return self.at_stripe.get((account, subject))

    def payment(self, account: str, payment: str) -> Payment:
        return self._read(Payment(account=account, subject=payment))

    def payout(self, account: str, payout: str) -> PayoutRecord:
        return self._read(PayoutRecord(account=account, subject=payout))

    def disputed(self, account: str, customer: str) -> bool:
        payments = (one for one in self.records.values() if isinstance(one, Payment))
        return any(one.disputed for one in payments if (one.account, one.customer) == (account, customer))

    def connected(self, account: str) -> ConnectedAccount:
        return self._read(ConnectedAccount(account=account, subject=account))

    def apply(self, decision: Decision) -> None:
        """Commit: a record under its next version, a mail whose key is taken not again, nor a schedule's name."""
        for record in decision.save:
            place = (record.partition, record.sort_key)
            before = self.records.get(place)
            assert record.version == (before.version if before else 0), "decided on a record that has changed since"
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
            elif isinstance(effect, Publish):
                self.announcements.setdefault(effect.id, effect)
            else:
                self.reminders.setdefault(effect.name, effect)

    def contents(self) -> dict[tuple[str, str], Kept]:
        """What two tellings of one story must have in common; how many commits it took may differ."""
        return {place: record.model_copy(update={"version": 0}) for place, record in self.records.items()}

    def _read[Found: Kept](self, empty: Found) -> Found:
        found = self.records.get((empty.partition, empty.sort_key), empty)
        assert isinstance(found, type(empty))
        return found
