"""`object/*`: the organization's object store.

An upload is multipart. A download takes two requests: the first names keys and gets a job, the second names the job
and gets, when it is done, a link to a zip. Source: the LEAN CLI's and LEAN's object store clients; QuantConnect API
definition; the text about licences is a community report, the other refusals are own words.
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.downloads import Download
from emulator.envelope import ApiFailure
from emulator.object_store import Entry, PackingJob, StoredObject, clean_key, human_size
from emulator.routes.projects import check_organization

NOT_LICENSED = "Downloading object store files is not permitted due to data licensing restrictions."


def put(call: Call) -> dict[str, Any]:
    """Create or overwrite an object. Empty ones are allowed."""
    content = call.arguments.raw("objectData")
    key = _key(call)
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes):
        raise ApiFailure("Invalid or missing parameter: objectData")
    call.world.store.put(key, content, call.clock.text())
    return {}


def get(call: Call) -> dict[str, Any]:
    """Start a job for some keys, or ask how far a job is. Its link comes once; asking again gives another one."""
    check_organization(call)
    if not call.options.object_downloads:
        raise ApiFailure(NOT_LICENSED)
    store, now = call.world.store, call.clock.now()
    if "jobId" in call.arguments:
        job_id = call.arguments.text("jobId")
        if job_id not in store.jobs:
            raise ApiFailure(f"Job not found: {job_id[:60]}")
    else:
        keys = tuple(str(key).strip("/") for key in call.arguments.items("keys"))
        missing = [key for key in keys if key not in store.objects]
        if missing or not keys:
            raise ApiFailure(f"Object not found: {', '.join(missing)[:200]}" if missing else "Missing parameter: keys")
        job_id = call.world.hex_id()
        store.jobs[job_id] = PackingJob(keys, now + call.options.object_seconds)
    job = store.jobs[job_id]
    if now < job.ready:
        return {"jobId": job_id, "url": ""}
    archive = Download(f"{job_id}.zip", store.archive(job.keys), "application/zip")
    return {"jobId": job_id, "url": call.world.downloads.offer(archive)}


def list_(call: Call) -> dict[str, Any]:
    """The content of one folder; empty if there is no such folder."""
    check_organization(call)
    store = call.world.store
    path = (call.arguments.optional_text("path") or "").strip("/")
    used = store.size
    return {
        "path": path,
        "objects": [_entry(entry) for entry in store.folder(path)],
        "page": 1,
        "totalPages": 1,
        "objectStorageUsed": used,
        "objectStorageUsedHuman": human_size(used),
    }


def properties(call: Call) -> dict[str, Any]:
    """All about one object, with the beginning of its content if that is text."""
    stored = _stored(call)
    return {
        "metadata": {
            "key": stored.key,
            "modified": stored.modified,
            "created": stored.created,
            "size": len(stored.content),
            "md5": stored.md5,
            "mime": stored.mime,
            "preview": stored.preview,
        }
    }


def delete(call: Call) -> dict[str, Any]:
    """Remove one object."""
    del call.world.store.objects[_stored(call).key]
    return {}


def _key(call: Call) -> str:
    check_organization(call)
    key = clean_key(call.arguments.text("key"))
    if key is None:
        raise ApiFailure("Invalid object store key: path characters and a single extension are allowed")
    return key


def _stored(call: Call) -> StoredObject:
    check_organization(call)
    key = call.arguments.text("key").strip("/")
    if key not in call.world.store.objects:
        raise ApiFailure(f"Object not found: {key[:200]}")
    return call.world.store.objects[key]


def _entry(entry: Entry) -> dict[str, Any]:
    is_folder = entry.object is None
    return {
        "key": entry.key,
        "name": entry.name,
        "modified": entry.modified,
        "mime": entry.object.mime if entry.object else "directory",
        "folder": is_folder,
        "isFolder": is_folder,
        "size": entry.size,
    }


HANDLERS: dict[str, Handler] = {
    "object/set": put,
    "object/get": get,
    "object/list": list_,
    "object/properties": properties,
    "object/delete": delete,
}
