"""Faults: the rules of the fault proxy, and how often each was applied."""

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Rule = Mapping[str, Any]
"""A rule of microburst; its fields: https://pypi.org/project/microburst/."""


@dataclass(frozen=True)
class Faults:
    """The rules of a running fault proxy, which listens on 127.0.0.1:`port`."""

    port: int

    @property
    def health_url(self) -> str:
        """The URL that answers once the proxy listens."""
        return f"http://127.0.0.1:{self.port}/_microburst/health"

    def set(self, rules: Sequence[Rule]) -> None:
        """Replace all rules. The first rule that matches a call is applied.

        Raises:
            urllib.error.HTTPError: a rule is malformed.
        """
        self._ask(json.dumps(list(rules)).encode())

    def made(self) -> list[int]:
        """How often each rule was applied since it was set, in the order of the rules."""
        return [int(rule["fired_count"]) for rule in self._ask()]

    def _ask(self, data: bytes | None = None) -> Any:  # noqa: ANN401 -- JSON
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_microburst/rules", data, timeout=30) as answer:
            return json.load(answer)
