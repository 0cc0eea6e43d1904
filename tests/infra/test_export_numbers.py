"""How long an export's link and file live is said in several places; they must agree."""

import re
from pathlib import Path

from functions.consumer.settings import Settings as Consumer
from functions.effects.settings import Settings as Worker
from shared.policy.policy import Policy
from tests.consumer.tables import property_of
from tests.support.template import load

ROOT = Path(__file__).parents[2]
LINK = load()["Parameters"]["ExportLinkHours"]
DAYS = property_of("ExportsBucket", "LifecycleConfiguration")["Rules"][0]["ExpirationInDays"]


def test_the_bucket_keeps_a_file_for_as_long_as_any_link_to_it() -> None:
    assert LINK["MaxValue"] == DAYS * 24


def test_every_default_is_the_parameters() -> None:
    assert {model.model_fields["export_link_hours"].default for model in (Consumer, Worker)} == {LINK["Default"]}
    assert Policy().export_links is (LINK["Default"] > 0)
    row = re.search(r"\| `ExportLinkHours` \| `(\d+)` \|", (ROOT / "docs/configuration.md").read_text())
    assert row
    assert int(row[1]) == LINK["Default"]


def test_the_documents_name_the_days_of_the_bucket() -> None:
    assert f"prefix `exports/` | {DAYS} days, or until erased |" in (ROOT / "docs/security.md").read_text()
    assert f"The bucket keeps the file for {DAYS} days" in " ".join((ROOT / "docs/runbook.md").read_text().split())


def test_a_mail_says_until_when_and_names_no_number_of_its_own() -> None:
    for part in ("txt", "html"):
        words = (ROOT / f"functions/effects/mails/templates/farewell.{part}").read_text()
        assert "download here until {{ export_until | moment }}" in words
        assert not re.search(r"\d+ (hours|days)", words)
