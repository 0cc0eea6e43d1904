"""A payment of an erased customer: amounts and states remain for disputes and refunds, and no person."""

from typing import TYPE_CHECKING, Any

from shared.records.payment import Payment

if TYPE_CHECKING:
    from shared.records.facets import Facet

PERSONAL: dict[str, None] = {"customer": None, "receipt_url": None, "payment_intent": None}
"""What leads from a charge, refund or dispute to the person. The ids of refunds and disputes tell events apart."""


def without_person(payment: Payment, erased_at: int) -> Payment:
    """A copy of `payment` with its amounts and states only; its customer was erased at epoch seconds `erased_at`."""
    return Payment(
        account=payment.account,
        subject=payment.subject,
        version=payment.version,
        versions_before=payment.versions_before,
        erased_at=erased_at,
        charge=_bare(payment.charge, id="") if payment.charge else None,
        steps=payment.steps,
        refunds={one: _bare(facet, charge=None) for one, facet in payment.refunds.items()},
        disputes={one: _bare(facet, charge="") for one, facet in payment.disputes.items()},
        warnings={one: _bare(facet, charge="") for one, facet in payment.warnings.items()},
    )


def _bare[Kind: Facet[Any]](facet: Kind, **blank: str | None) -> Kind:
    """`facet` with values that name no person, no charge and no intent."""
    fields = type(facet.value).model_fields
    update = {name: value for name, value in {**PERSONAL, **blank}.items() if name in fields}
    bare = (one.model_copy(update={"value": one.value.model_copy(update=update)}) for one in facet.candidates)
    return facet.model_copy(update={"candidates": tuple(bare)})
