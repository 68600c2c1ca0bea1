"""The object store: files that algorithms and notebooks keep, by key, one store per organization.

Sources: API reference, "Object Store Management"; LEAN CLI for the two steps of a download; a community report that a
key may have one extension only (`x-json.gz`, not `x.json.gz`).
"""

from pathlib import Path

from pydantic import Field

from quantconnect.models.base import Flag, Label, Listing, Maybe, Model, OrganizationRequest, Text
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.times import UtcDatetime


class StoredObject(Model):
    """A file or a folder."""

    key: Label = ""
    name: Text = None
    modified: UtcDatetime = None
    mime: Text = None
    size: Number = None  # bytes
    folder: Flag = None
    is_folder: Flag = None

    @property
    def holds_others(self) -> bool:
        """Whether it is a folder; the API has two names for that."""
        return bool(self.folder or self.is_folder)


class ObjectListing(Model):
    """What lies in a folder, and how full the store is."""

    path: Text = None
    objects: Listing[StoredObject] = Field(default_factory=list)
    page: Whole = None
    total_pages: Whole = None
    object_storage_used: Whole = None  # bytes
    object_storage_used_human: Text = None


class ObjectProperties(Model):
    """One file."""

    key: Label = ""
    created: UtcDatetime = None
    modified: UtcDatetime = None
    size: Number = None  # bytes
    md5: Text = None
    mime: Text = None
    preview: Text = Field(default=None, repr=False)


class ObjectPropertiesReply(Model):
    """The answer to `object/properties`."""

    metadata: Maybe[ObjectProperties] = None


class ObjectDownload(Model):
    """A zip that is being made. When it is ready, `url` tells where; whoever has the link needs no signature."""

    job_id: Text = None
    url: Text = Field(default=None, repr=False)


class SetObject(OrganizationRequest):
    """Sent as a form with a file in it. `object_data` is the content, or where to read it."""

    key: str = Field(min_length=1)
    object_data: bytes | Path = Field(repr=False)


class GetObjects(OrganizationRequest):
    """Asks for a zip of these keys."""

    keys: list[str] = Field(min_length=1)


class GetObjectsJob(OrganizationRequest):
    """Asks how far that zip is."""

    job_id: str = Field(min_length=1)


class ListObjects(OrganizationRequest):
    """What lies in a folder; by default in the root."""

    path: str | None = None


class OfObject(OrganizationRequest):
    """One file."""

    key: str = Field(min_length=1)
