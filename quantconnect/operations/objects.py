"""The object store of an organization, the client's unless another is given."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from quantconnect.endpoints.objects import DELETE_OBJECT, GET_OBJECTS, LIST_OBJECTS, OBJECT_PROPERTIES, SET_OBJECT
from quantconnect.errors import StillLoading, UnexpectedResponse
from quantconnect.models.objects import (
    GetObjects,
    GetObjectsJob,
    ListObjects,
    ObjectDownload,
    ObjectListing,
    ObjectProperties,
    ObjectPropertiesReply,
    OfObject,
    SetObject,
)
from quantconnect.operations.base import Call, Fetch, Procedure, Progress, call, nothing, whole
from quantconnect.operations.waiting import until_ready

#: How long a zip may take (LEAN CLI).
ZIP_PATIENCE: Final = timedelta(minutes=5)


def set_(key: str, content: bytes | Path, *, organization_id: str | None = None) -> Call[None]:
    """Keep a file under a key; what is there is replaced.

    Args:
        key: A path with one extension: `x-json.gz` is accepted, `x.json.gz` was refused.
        content: The bytes, or a file to read them from while they are sent.
        organization_id: Instead of the client's.

    Raises:
        MissingCredentials: The organization is not known.
        OSError: The file cannot be read.
    Source: API reference, Upload Object Store Files; a community report for the extension.
    """
    query = SetObject(organization_id=organization_id, key=key, object_data=content)
    return call(SET_OBJECT, query, nothing)


def list_(path: str | None = None, *, organization_id: str | None = None) -> Call[ObjectListing]:
    """What lies in a folder, by default in the root, and how full the store is.

    Raises:
        MissingCredentials: The organization is not known.
    Source: API reference, List Object Store Files.
    """
    return call(LIST_OBJECTS, ListObjects(organization_id=organization_id, path=path), whole)


def read_properties(key: str, *, organization_id: str | None = None) -> Call[ObjectProperties]:
    """Size, times, checksum and the beginning of a file.

    Raises:
        MissingCredentials: The organization is not known.
        NotFound: No such file.
    Source: API reference, Get Object Store Metadata.
    """
    return call(OBJECT_PROPERTIES, OfObject(organization_id=organization_id, key=key), _properties)


def _properties(reply: ObjectPropertiesReply) -> ObjectProperties:
    if reply.metadata is None:
        raise UnexpectedResponse("QuantConnect answered without properties.", excerpt="no field `metadata`")
    return reply.metadata


def delete(key: str, *, organization_id: str | None = None) -> Call[None]:
    """Delete a file.

    Raises:
        MissingCredentials: The organization is not known.
    Source: API reference, Delete Object Store File.
    """
    return call(DELETE_OBJECT, OfObject(organization_id=organization_id, key=key), nothing)


def prepare(keys: Sequence[str], *, organization_id: str | None = None) -> Call[ObjectDownload]:
    """Let a zip of these files be made. `url` of the answer may be there at once; else ask `read_job`.

    Raises:
        MissingCredentials: The organization is not known.
        InvalidRequest: The tier does not allow to download ("data licensing restrictions").
    Source: API reference, Get Object Store File; LEAN CLI; a community report for the restrictions.
    """
    return call(GET_OBJECTS, GetObjects(organization_id=organization_id, keys=[*keys]), whole)


def read_job(job_id: str, *, organization_id: str | None = None) -> Call[ObjectDownload]:
    """How far a zip is: ready when `url` is there.

    Raises:
        MissingCredentials: The organization is not known.
    Source: API reference, Get Object Store File.
    """
    return call(GET_OBJECTS, GetObjectsJob(organization_id=organization_id, job_id=job_id), whole)


def wait_for_link(
    keys: Sequence[str], *, organization_id: str | None = None, patience: timedelta = ZIP_PATIENCE
) -> Procedure[str]:
    """Let a zip of these files be made, and wait for the link to it.

    Raises:
        MissingCredentials: The organization is not known.
        InvalidRequest: The tier does not allow to download.
        StillLoading: It was not made within `patience`.
    Source: API reference, Get Object Store File; LEAN CLI for asking again.
    """
    job = yield from prepare(keys, organization_id=organization_id)
    if job.url:
        return job.url
    if not job.job_id:
        raise UnexpectedResponse(
            "QuantConnect answered without a job.", endpoint=GET_OBJECTS.path, excerpt="no field `jobId`"
        )
    query = GetObjectsJob(organization_id=organization_id, job_id=job.job_id)
    return (yield from until_ready(call(GET_OBJECTS, query, _link), patience))


def _link(job: ObjectDownload) -> str:
    if not job.url:
        raise StillLoading(endpoint=GET_OBJECTS.path)
    return job.url


def download(
    keys: Sequence[str],
    to: Path,
    *,
    organization_id: str | None = None,
    patience: timedelta = ZIP_PATIENCE,
    progress: Progress | None = None,
) -> Procedure[None]:
    """Download these files as a zip.

    Args:
        keys: Of the files.
        to: Where the zip shall be; its folder must exist. What is there is replaced when all has come.
        organization_id: Instead of the client's.
        patience: How long the zip may take to be made.
        progress: Called with the bytes so far and, if known, the bytes in all.

    Raises:
        MissingCredentials: The organization is not known.
        InvalidRequest: The tier does not allow to download.
        StillLoading: It was not made within `patience`.
        OSError: The file cannot be written.
    Source: API reference, Get Object Store File; LEAN CLI, object store client.
    """
    link = yield from wait_for_link(keys, organization_id=organization_id, patience=patience)
    yield Fetch(link, to, GET_OBJECTS.path, progress)
