"""Erased means erased: no trace of a customer or a guest, whatever comes late, is redriven or is restored."""

import random
from collections.abc import Callable
from typing import Literal

import pytest

from functions.consumer.decide import decide
from functions.effects.perform.sweep import Sweep
from tests.leaks.erasure_proof import Proof
from tests.leaks.system import System

type Subject = Literal["customer", "guest"]

SUBJECTS: tuple[Subject, ...] = ("customer", "guest")
CONNECTED = "acct_1T8bWcLs5NqE9zGd"
TIMES = 12
"""Orders of late events, for each subject and account."""


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_personal_is_left_whatever_comes_after_the_erasure(system: System, subject: Subject) -> None:
    assert list(Proof(system, subject).finds()) == []


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(TIMES))
@pytest.mark.parametrize("account", [None, CONNECTED])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_in_any_order_too(system: System, subject: Subject, account: str | None, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - it chooses test cases
    assert list(Proof(system, subject, account, chance).finds()) == []


def refuses_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decide, "is_refused", lambda _decision, _event, _books: False)


def keeps_archived_events(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sweep, "_delete_batch", lambda _self, _items: None)


def keeps_what_pointers_lead_to(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sweep, "empty", lambda _self, _partition: True)


def buries_no_payment(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sweep, "bury_payments", lambda _self, _page: None)


DEFENCES: list[tuple[Subject, Callable[[pytest.MonkeyPatch], None]]] = [
    *((subject, refuses_nothing) for subject in SUBJECTS),
    *((subject, keeps_archived_events) for subject in SUBJECTS),
    *((subject, keeps_what_pointers_lead_to) for subject in SUBJECTS),
    ("customer", buries_no_payment),
]


@pytest.mark.parametrize(("subject", "without"), DEFENCES, ids=lambda one: getattr(one, "__name__", one))
def test_the_proof_finds_a_missing_deletion(
    system: System, monkeypatch: pytest.MonkeyPatch, subject: Subject, without: Callable[[pytest.MonkeyPatch], None]
) -> None:
    without(monkeypatch)
    assert next(Proof(system, subject).finds(), None) is not None


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_proof_finds_a_restore_without_the_tombstones(system: System, subject: Subject) -> None:
    assert next(Proof(system, subject, applies=False).finds(), None) == "books after the restore"
