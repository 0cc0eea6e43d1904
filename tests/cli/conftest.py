"""The operator, for every test of a command that looks at a stack."""

from collections.abc import Iterator

import pytest

from tests.cli.operator_at_work import Operator, operator


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Operator]:
    with operator(monkeypatch, capsys) as made:
        yield made
