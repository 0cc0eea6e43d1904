"""The file `business/plans.toml` as text: it is read into plans, or each mistake is named with its line."""

import tomllib

from pydantic import ValidationError

from shared.policy.plans import Plans
from shared.runtime.business import PLANS


class PlansError(ValueError):
    """plans.toml is wrong; the text has the line and the reason of each mistake."""


def read_plans() -> Plans:
    """The plans in `business/plans.toml`; raises PlansError if it is missing, or not as its comments say."""
    try:
        return parse_plans(PLANS.read_text())
    except FileNotFoundError:
        raise PlansError(f"{PLANS} is missing: docs/upgrading.md says where it comes from") from None


def parse_plans(text: str) -> Plans:
    """The plans in the text of a `plans.toml`; raises PlansError if it is not as the comments of the file say."""
    try:
        return Plans.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:  # it names the line
        raise PlansError(f"plans.toml: {error}") from None
    except ValidationError as error:
        told = ((one["loc"], one["msg"]) for one in error.errors(include_url=False, include_input=False))
        found = sorted((line_of(place or ("default",), text), ".".join(map(str, place)), said) for place, said in told)
        mistakes = [f"plans.toml, line {line}: {place}: {said}" for line, place, said in found]
        raise PlansError("\n".join(mistakes)) from None


def line_of(place: tuple[str | int, ...], text: str) -> int:
    """The line of the key at `place`, else that of its table; 1 if neither is found."""
    names = [str(name) for name in place]
    headers = {f"[{'.'.join(names[:depth])}]": depth for depth in range(1, len(names) + 1)}
    found, depth = 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.partition("#")[0].strip()
        if said.startswith("["):
            depth = headers.get(said, -1)
            found = number if depth > 0 else found
        elif 0 <= depth < len(names) and said.partition("=")[0].strip() == names[depth]:
            return number
    return found
