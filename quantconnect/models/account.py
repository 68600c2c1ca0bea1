"""The billing account of an organization. Source: API reference, "Account"; LEAN's account tests."""

from quantconnect.models.base import Label, Maybe, Model, OrganizationRequest, Text
from quantconnect.models.ids import OrganizationId, SomeId
from quantconnect.models.numbers import Number


class Card(Model):
    """The credit card on file."""

    brand: Text = None
    expiration: Text = None  # MM/YY
    last4: Label = ""


class Account(Model):
    """Credit and card of an organization."""

    organization_id: SomeId[OrganizationId] = None
    credit_balance: Number = None  # QCC, 100 to the US dollar
    card: Maybe[Card] = None


class ReadAccount(OrganizationRequest):
    """Without an organization, the user's preferred one."""

    organization_required = False
