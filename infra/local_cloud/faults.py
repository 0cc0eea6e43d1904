"""What goes wrong with the calls of the Lambda functions: the fault proxy's rules, and how often each was followed."""

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Rule = Mapping[str, Any]
"""One of microburst's: https://pypi.org/project/microburst/ says what it may hold."""


@dataclass(frozen=True)
class Faults:
    """The rules of a running fault proxy, which listens on 127.0.0.1:`port`."""

    port: int

    @property
    def health_url(self) -> str:
        """What answers once the proxy listens."""
        return f"http://127.0.0.1:{self.port}/_microburst/health"

    def set(self, rules: Sequence[Rule]) -> None:
        """Replace all rules; of those that match a call the first is followed.

        Raises:
            urllib.error.HTTPError: one of them is no rule.
        """
        self._ask(json.dumps(list(rules)).encode())

    def made(self) -> list[int]:
        """How often each rule was followed since it was set, in the order in which they were."""
        return [int(rule["fired_count"]) for rule in self._ask()]

    def _ask(self, data: bytes | None = None) -> Any:  # noqa: ANN401 -- JSON
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_microburst/rules", data, timeout=30) as answer:
            return json.load(answer)
