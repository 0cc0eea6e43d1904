"""How a family of announcements is described: its detail types, its facts, and the entries of its lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Fact:
    """One fact: the type of its value, and its meaning.

    Args:
        kind: the type in JSON.
        says: the meaning, with the unit.
        always: whether each announcement of the family has it.
        words: the words that it may say; more may come.
    """

    kind: Literal["string", "integer", "boolean"]
    says: str
    always: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """An entry of a list.

    Args:
        name: the name of its type in the clients.
        says: its subject.
        listed: what the whole list holds.
        facts: its facts by name.
    """

    name: str
    says: str
    listed: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Family:
    """The announcements with the same facts.

    Args:
        name: the beginning of the names of its types in the clients.
        says: its subject.
        types: each detail type and its occasion.
        facts: its facts by name.
        prefixes: facts whose names begin alike, by the beginning.
        lists: what the detail of some of its types lists beside the facts, by name.
    """

    name: str
    says: str
    types: Mapping[str, str]
    facts: Mapping[str, Fact]
    prefixes: Mapping[str, Fact]
    lists: Mapping[str, Entry] = field(default_factory=dict)
