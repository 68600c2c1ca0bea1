"""Modules: files of products that an organization has bought. Source: LEAN CLI, module client."""

from pydantic import Field

from quantconnect.models.base import Lines, Model, OrganizationRequest


class ModuleFiles(Model):
    """Names of files."""

    files: Lines = Field(default_factory=list)


class ModuleLink(Model):
    """Where one file can be fetched; whoever has the link needs no signature."""

    url: str = Field(min_length=1, repr=False)


class ListModules(OrganizationRequest):
    """The files of a product."""

    product_id: int


class ReadModule(OrganizationRequest):
    """One file of a product."""

    product_id: int
    file_name: str = Field(min_length=1)
