"""Data sets: what there is, what it costs, and how to get it."""

from pathlib import Path

from quantconnect.endpoints.data import LIST_DATA, READ_DATA_LINK, READ_DATA_PRICES
from quantconnect.models.data import DataLink, DataPrices, ListData, ReadDataLink, ReadDataPrices
from quantconnect.operations.base import Call, Fetch, Procedure, Progress, call, whole


def list_(file_path: str) -> Call[list[str]]:
    """The paths that begin with `file_path`, as `equity/usa/daily/`.

    Raises:
        NotFound: There are none.
    Source: LEAN CLI, data client; LEAN, Api.cs.
    """
    return call(LIST_DATA, ListData(file_path=file_path), lambda reply: reply.objects)


def read_prices(organization_id: str | None = None) -> Call[DataPrices]:
    """What each file costs an organization, the client's unless another is given.

    Raises:
        MissingCredentials: The organization is not known.
    Source: LEAN CLI, data client; LEAN, Api.cs.
    """
    return call(READ_DATA_PRICES, ReadDataPrices(organization_id=organization_id), whole)


def read_link(file_path: str, *, organization_id: str | None = None) -> Call[DataLink]:
    """Buy one file and get a link to it. Every call costs credit, hence it is never repeated by itself.

    Raises:
        MissingCredentials: The organization is not known.
        InvalidRequest: The agreement is not signed, or the credit does not suffice.
    Source: LEAN CLI, data client; LEAN, Api.cs.
    """
    return call(READ_DATA_LINK, ReadDataLink(organization_id=organization_id, file_path=file_path), whole)


def download(
    file_path: str, to: Path, *, organization_id: str | None = None, progress: Progress | None = None
) -> Procedure[DataLink]:
    """Buy one file and download it.

    Args:
        file_path: As in `list`.
        to: Where the file shall be; its folder must exist. What is there is replaced when all has come.
        organization_id: Instead of the client's.
        progress: Called with the bytes so far and, if known, the bytes in all.

    Returns:
        What it cost, and the link: if only the download fails, ask for no new one (see `download_link`).

    Raises:
        OSError: The file cannot be written.
        QuantConnectError: As for `read_link`, or because the download failed.
    Source: LEAN CLI, data client.
    """
    bought = yield from read_link(file_path, organization_id=organization_id)
    yield Fetch(bought.link, to, READ_DATA_LINK.path, progress)
    return bought


def download_link(link: str, to: Path, *, progress: Progress | None = None) -> Procedure[None]:
    """Download what a link leads to, without signature; see `download` for the arguments.

    Raises:
        OSError: The file cannot be written.
        NotFound, PermissionDenied: The link is not valid any more.
    Source: LEAN CLI, data client.
    """
    yield Fetch(link, to, READ_DATA_LINK.path, progress)
