"""Write the journal of a decision, from its records before and after, and its effects."""

from collections.abc import Iterable, Mapping

from shared.decisions.decision import StoredRecord
from shared.decisions.facts import facts_of
from shared.decisions.journal import Change, Journal
from shared.effects.announcement import Announcement
from shared.effects.effect import Effect
from shared.effects.email import Email
from shared.effects.erasure import Export
from shared.effects.observe import Observe
from shared.effects.remind import Remind
from shared.policy.policy import Policy
from shared.values.frozen import Scalar


def journal_of(
    saved: Iterable[tuple[StoredRecord, StoredRecord]],
    effects: Iterable[Effect],
    policy: Policy,
    by_rules: Mapping[str, Mapping[str, Change]],
) -> Journal:
    """The journal of a decision.

    `saved` has each record as it was before and as it is saved. `by_rules` has the facts that new rules change, by
    record: their records stay the same.
    """
    pairs = {f"{after.partition}/{after.sort_key}": (before, after) for before, after in saved}
    facts = {place: (facts_of(before, policy), facts_of(after, policy)) for place, (before, after) in pairs.items()}
    changed = {place: _changes(was, now) for place, (was, now) in facts.items()}
    return Journal(
        policy=policy.fingerprint,
        records={place: after.overall_version + 1 for place, (_, after) in pairs.items()},
        changed={**{place: changes for place, changes in changed.items() if changes}, **by_rules},
        effects=tuple(map(_key, effects)),
    )


def _changes(was: Mapping[str, Scalar], now: Mapping[str, Scalar]) -> dict[str, Change]:
    return {fact: (was.get(fact), now.get(fact)) for fact in (*was, *now) if was.get(fact) != now.get(fact)}


def _key(effect: Effect) -> str:
    match effect:
        case Email(template=template, key=key):
            return f"mail {template} {key}"
        case Announcement(id=announcement):
            return f"announce {announcement}"
        case Remind(type=kind, name=name):
            return f"schedule {kind} {name}"
        case Export(customer=customer):
            return f"export {customer}"
        case Observe(object=kind, id=about):
            return f"observe {kind} {about}"
        case _:
            return f"erase {effect.customer}"
