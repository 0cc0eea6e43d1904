"""The books in memory, as the tables keep them."""

from shared.decision import Decision
from shared.effects import Email, Remind
from shared.records import Order, Organization

type Kept = Organization | Order


class BooksOf:
    """Books that hold `records`, and what the decisions applied to them have saved, mailed and scheduled."""

    def __init__(self, *records: Kept) -> None:
        self.records = {(record.partition, record.sort_key): record for record in records}
        self.mails: dict[tuple[str, str], Email] = {}
        self.reminders: dict[str, Remind] = {}

    def organization(self, account: str, customer: str) -> Organization:
        return self._read(Organization(account=account, subject=customer))

    def order(self, account: str, subject: str, session: str) -> Order:
        return self._read(Order(account=account, subject=subject, session_id=session))

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
            else:
                self.reminders.setdefault(effect.name, effect)

    def contents(self) -> dict[tuple[str, str], Kept]:
        """What two tellings of one story must have in common; how many commits it took may differ."""
        return {place: record.model_copy(update={"version": 0}) for place, record in self.records.items()}

    def _read[Found: Kept](self, empty: Found) -> Found:
        found = self.records.get((empty.partition, empty.sort_key), empty)
        assert isinstance(found, type(empty))
        return found
