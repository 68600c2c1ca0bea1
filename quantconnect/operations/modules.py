"""Modules: files of products that an organization has bought."""

from pathlib import Path

from quantconnect.endpoints.modules import LIST_MODULES, READ_MODULE
from quantconnect.models.modules import ListModules, ReadModule
from quantconnect.operations.base import Call, Fetch, Procedure, Progress, call


def list_(product_id: int, *, organization_id: str | None = None) -> Call[list[str]]:
    """The files of a product.

    Raises:
        MissingCredentials: The organization is not known.
    Source: LEAN CLI, module client.
    """
    query = ListModules(organization_id=organization_id, product_id=product_id)
    return call(LIST_MODULES, query, lambda reply: reply.files)


def read_link(product_id: int, file_name: str, *, organization_id: str | None = None) -> Call[str]:
    """A link to one file of a product.

    Raises:
        MissingCredentials: The organization is not known.
    Source: LEAN CLI, module client.
    """
    query = ReadModule(organization_id=organization_id, product_id=product_id, file_name=file_name)
    return call(READ_MODULE, query, lambda reply: reply.url)


def download(
    product_id: int,
    file_name: str,
    to: Path,
    *,
    organization_id: str | None = None,
    progress: Progress | None = None,
) -> Procedure[None]:
    """Download one file of a product.

    Args:
        product_id: Of the product.
        file_name: As in `list`.
        to: Where the file shall be; its folder must exist. What is there is replaced when all has come.
        organization_id: Instead of the client's.
        progress: Called with the bytes so far and, if known, the bytes in all.

    Raises:
        OSError: The file cannot be written.
        MissingCredentials: The organization is not known.
    Source: LEAN CLI, module client.
    """
    link = yield from read_link(product_id, file_name, organization_id=organization_id)
    yield Fetch(link, to, READ_MODULE.path, progress)
