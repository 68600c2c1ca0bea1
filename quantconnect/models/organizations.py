"""Organizations: who pays, who works in them, what they have bought. Sources: LEAN CLI; LEAN's organization tests."""

from pydantic import Field

from quantconnect.models.base import Flag, Listing, Maybe, Model, NoFields, OrganizationRequest, Text
from quantconnect.models.ids import OrganizationId, SomeId
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.times import UtcDatetime


class Movement(Model):
    """Credit that came or went; in QCC."""

    date: Text = None
    description: Text = None
    type: Text = None
    subtype: Text = None
    amount: Number = None
    balance: Number = None


class Credit(Model):
    """Credit, in QCC (100 to the US dollar)."""

    balance: Number = None
    movements: Listing[Movement] = Field(default_factory=list, repr=False)


class ProductItem(Model):
    """Something that was bought; prices are in US dollars per month."""

    product_id: Whole = None
    name: Text = None
    quantity: Whole = None
    unit_price: Number = None
    total: Number = None


class Product(Model):
    """A kind of thing that was bought."""

    name: Text = None
    items: Listing[ProductItem] = Field(default_factory=list)


class DataAgreement(Model):
    """Whether the agreement about data is signed, and is the present one."""

    signed_time: UtcDatetime = None
    current: Flag = None


class Member(Model):
    """Somebody of the organization."""

    id: Whole = None
    name: Text = None
    email: Text = None
    is_admin: Flag = None


class Organization(Model):
    """An organization in full."""

    id: SomeId[OrganizationId] = None
    name: Text = None
    type: Text = None  # the tier
    seats: Whole = None
    credit: Maybe[Credit] = None
    products: Listing[Product] = Field(default_factory=list)
    data: Maybe[DataAgreement] = None
    members: Listing[Member] = Field(default_factory=list)
    object_store_export_derivative: Flag = None  # may download derived data from the object store


class OrganizationReply(Model):
    """The answer to `organizations/read`."""

    organization: Organization


class OrganizationSummary(Model):
    """One line of the list."""

    id: OrganizationId
    name: Text = None
    type: Text = None
    owner_name: Text = None
    members: Whole = None  # how many
    preferred: Flag = None


class Organizations(Model):
    """All organizations of the user."""

    organizations: Listing[OrganizationSummary] = Field(default_factory=list)


class EncryptionKey(Model):
    """A key that projects are encrypted with: its name and a hash of it, never the key."""

    name: Text = None
    hash: Text = None


class EncryptionKeys(Model):
    """All keys of an organization."""

    keys: Listing[EncryptionKey] = Field(default_factory=list)


class ReadOrganization(OrganizationRequest):
    """Without one, the user's preferred organization."""

    organization_required = False


class ListOrganizations(NoFields):
    """All of the user's."""


class ListEncryptionKeys(OrganizationRequest):
    """The keys of one organization."""
