"""The mistakes in the text of a `plans.toml`, each with its line and the reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared.policy.plans import Plan, Plans
from shared.policy.plans_file import line_of, plans_and_mistakes


@dataclass(frozen=True)
class Found:
    """Something that `billhook plans check` has found.

    Args:
        level: `mistake`, which stops a deployment, or `note`, which may be meant.
        line: the line of the file; None if the finding is about Stripe alone.
        says: what is found, and why it matters.
    """

    level: Literal["mistake", "note"]
    line: int | None
    says: str

    def __str__(self) -> str:
        place = f"plans.toml, line {self.line}: " if self.line else ""
        return f"{self.level:<7}  {place}{self.says}"


def mistakes_in(text: str) -> Iterator[Found]:
    """The mistakes in the text of a plans.toml by their lines, as many as can be told; else what may be meant."""
    plans, mistakes = plans_and_mistakes(text)
    found = [Found("mistake", line, says) for line, says in mistakes]
    found += [*_twice(plans, text), *_of_features(plans, text), *_of_names(plans, text)]
    yield from sorted(dict.fromkeys(found), key=lambda one: one.line or 0)
    if not mistakes:  # a wrong line is left out, so a note could mislead
        yield from _notes(plans, text)


def _of_names(plans: Plans, text: str) -> Iterator[Found]:
    """Each add-on with the name of a plan."""
    for name in plans.add_ons:
        if name in plans.plans:
            says = f"{name} is a plan, too: give the add-on a name of its own"
            yield Found("mistake", line_of(("add_ons", name), text), says)


def _notes(plans: Plans, text: str) -> Iterator[Found]:
    """What may be meant: a plan without a price, and no default."""
    for name, (table, plan) in _all(plans).items():
        if not plan.match and name != plans.default:
            only = "only a grant gives it" if table == "plans" else "nobody can have it"
            yield Found("note", line_of((table, name), text), f"{table}.{name} matches no price: {only}")
    if plans.default is None:
        yield Found("note", None, "no default: a customer without access has no plan, no features and no limits")


def line_of_match(table: str, name: str, match: str, text: str) -> int:
    """The last line on which a plan names a price, product or lookup key, else that of the plan's table."""
    start = found = line_of((table, name), text)
    for number, line in list(enumerate(text.splitlines(), start=1))[start:]:
        if line.lstrip().startswith("["):
            break
        if f'"{match}"' in line or f"'{match}'" in line:
            found = number
    return found


def _twice(plans: Plans, text: str) -> Iterator[Found]:
    """Each price, product or lookup key that the file names a second time."""
    first: dict[str, str] = {}
    for name, (table, plan) in _all(plans).items():
        for match in plan.match:
            if match in first:
                line = line_of_match(table, name, match, text)
                yield Found("mistake", line, f"{match} is in {first[match]} already, which decides: name it once")
            first.setdefault(match, f"{table}.{name}")


def _of_features(plans: Plans, text: str) -> Iterator[Found]:
    """Each feature that the file does not declare, if it declares any."""
    for name, (table, plan) in _all(plans).items() if not plans.by_stripe else ():
        line = line_of((table, name, "features"), text)
        for feature in plan.features if plans.features else ():
            if feature not in plans.features:
                yield Found(
                    "mistake",
                    line,
                    f"the feature {feature} is not in the list `features` of the file: add it there, or correct it",
                )


def _all(plans: Plans) -> dict[str, tuple[str, Plan]]:
    """The plans and then the add-ons, each with the name of its table; a name that both have stands for the add-on."""
    return {name: ("plans", one) for name, one in plans.plans.items()} | {
        name: ("add_ons", one) for name, one in plans.add_ons.items()
    }
