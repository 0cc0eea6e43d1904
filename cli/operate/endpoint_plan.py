"""The plan for one endpoint: compares the routed types with the endpoints at Stripe."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from functions.consumer import routes
from shared.messages.internal_types import is_internal

if TYPE_CHECKING:
    from stripe import WebhookEndpoint

type Name = Literal["direct", "connect"]

NOT_ENABLED: Mapping[str, str] = {
    "invoice.payment_succeeded": "Stripe also sends invoice.paid, which covers payments by other means, too",
}
"""Routed types that no endpoint asks for, and why: each would cost an invocation and bring nothing new."""

CONNECT_ONLY = ("account.", "capability.")
"""Types about a connected account; on the direct endpoint they would be about the platform's own settings."""

MARK = "billhook"
"""Metadata key of an endpoint that Billhook created; its value is the endpoint's name."""

FINGERPRINT = "secret_stored"
"""Metadata key of an endpoint whose signing secret was stored; its value identifies the secret."""


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint at Stripe, with the facts from its metadata."""

    id: str
    url: str
    api_version: str | None
    types: frozenset[str]
    enabled: bool
    created: int
    connect: bool
    made_by_us: bool
    fingerprint: str | None

    @classmethod
    def read(cls, found: "WebhookEndpoint") -> "Endpoint":
        """The endpoint that Stripe's answer describes."""
        metadata: Mapping[str, str] = found.to_dict()["metadata"]
        made_for = metadata.get(MARK)
        return cls(
            id=found.id,
            url=found.url,
            api_version=found.api_version,
            types=frozenset(found.enabled_events),
            enabled=found.status == "enabled",
            created=found.created,
            # Stripe does not say. For an endpoint that was created by hand, an application means connect.
            connect=made_for == "connect" if made_for else found.application is not None,
            made_by_us=made_for is not None,
            fingerprint=metadata.get(FINGERPRINT),
        )


@dataclass(frozen=True)
class Wanted:
    """The endpoint that Stripe should have."""

    name: Name
    url: str
    api_version: str
    types: Sequence[str]

    def misfit(self, found: Endpoint, secrets: Collection[bytes]) -> str | None:
        """Why `found` cannot be made into this one, or None if it can.

        Args:
            found: An endpoint with this one's URL.
            secrets: The signing secrets that are stored under this one's name.
        """
        if found.api_version != self.api_version:
            return f"its API version is {found.api_version or 'the default of the account'}"
        if found.connect != (self.name == "connect"):
            return f"it was created as the {'connect' if found.connect else 'direct'} endpoint"
        # For an endpoint that was created by hand, the stored secret is assumed to be its own.
        known = any(found.fingerprint == fingerprint(secret) for secret in secrets)
        if not (known or (secrets and not found.made_by_us)):
            return "nothing says that its signing secret is stored"
        return None


@dataclass(frozen=True)
class Plan:
    """The steps to the wanted endpoint: keep and change one, or create one; then disable the others."""

    wanted: Wanted
    keep: Endpoint | None
    change: Mapping[str, Any]
    disable: Mapping[Endpoint, str]
    beside: Sequence[Endpoint]

    def lines(self, *, keep_old: bool) -> Iterator[str]:
        """The steps, one line each, for people to read."""
        if self.keep is None:
            yield f"make an endpoint for {len(self.wanted.types)} types: {' '.join(self.wanted.types)}"
        elif not (self.change or self.disable):
            yield f"nothing to change: {self.keep.id} sends {len(self.wanted.types)} types to {self.keep.url}"
        if self.keep and "enabled_events" in self.change:
            types = set(self.wanted.types)
            differences = [f"+{type_}" for type_ in sorted(types - self.keep.types)]
            differences += [f"-{type_}" for type_ in sorted(self.keep.types - types)]
            yield f"update {self.keep.id}: {' '.join(differences)}"
        if self.keep and "disabled" in self.change:
            yield f"enable {self.keep.id} again; Stripe never sends what happened while it was disabled"
        for old, why in self.disable.items():
            if keep_old:
                yield f"leave {old.id} enabled ({why}); run this again without --keep-old after three days"
            else:
                yield f"disable {old.id} ({why}); Stripe retries nothing that it has not delivered yet"
        for other in self.beside:
            yield f"{other.id} sends to {other.url}, too; if this endpoint replaces it, disable it at Stripe"


def types_for(name: Name) -> list[str]:
    """The types that endpoint `name` should send."""
    return sorted(
        type_
        for type_ in routes.ROUTES
        if not is_internal(type_)
        and type_ not in NOT_ENABLED
        and not (name == "direct" and type_.startswith(CONNECT_ONLY))
    )


def fingerprint(secret: bytes) -> str:
    """A short hash that identifies a signing secret and does not reveal it, because staff can see it at Stripe."""
    return hashlib.sha256(secret).hexdigest()[:16]


def plan(wanted: Wanted, there: Collection[Endpoint], secrets: Collection[bytes]) -> Plan:
    """The plan for an endpoint.

    Args:
        wanted: The endpoint that Stripe should have.
        there: All endpoints of the Stripe account. Endpoints with another URL belong to others and are not changed.
        secrets: The signing secrets that are stored under its name.
    """
    misfits = {found: wanted.misfit(found, secrets) for found in there if found.url == wanted.url}
    fitting = [found for found, misfit in misfits.items() if misfit is None]
    keep = max(fitting, key=lambda found: (found.enabled, found.created), default=None)
    change: dict[str, Any] = {}
    if keep and keep.types != set(wanted.types):
        change["enabled_events"] = wanted.types
    if keep and not keep.enabled:
        change["disabled"] = False
    disable = {found: misfit or "one is enough" for found, misfit in misfits.items() if found.enabled and found != keep}
    # Ingest also takes events at the URL without a name, so an endpoint that was created by hand may send there.
    base, _, _ = wanted.url.rpartition("/")
    connect = wanted.name == "connect"
    beside = [found for found in there if found.url == base and found.enabled and found.connect == connect]
    return Plan(wanted, keep, change, disable, beside)
