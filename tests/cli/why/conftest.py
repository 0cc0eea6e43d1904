"""The settings of the deployed consumer, which moto cannot tell."""

import pytest

from cli.operate import apply, erase, export, grant, redrive, replay
from cli.why import explain
from functions.consumer.settings import read_settings
from tests.consumer.test_settings import ENVIRON


@pytest.fixture(autouse=True)
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {f"{table.upper()}_TABLE": f"billhook-{table}" for table in ("inbox", "books", "tombstones", "access")}
    for module in (apply, erase, explain, export, grant, redrive, replay):
        monkeypatch.setattr(module, "settings_of", lambda _where: read_settings(ENVIRON | here))
