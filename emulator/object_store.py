"""The organization's object store: bytes under keys that look like paths, and the jobs that pack them for a download.

Knows nothing of HTTP. Source: the LEAN CLI's and LEAN's object store clients; QuantConnect API definition.
"""

import hashlib
import io
import mimetypes
import re
import zipfile
from dataclasses import dataclass, field

PREVIEW_CHARACTERS = 1024

_KEY = re.compile(r"[A-Za-z0-9 _\-/]+(\.[A-Za-z0-9]+)?")
"""One extension at most: a community client was refused `x.json.gz` and writes `x-json.gz`."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object."""

    key: str
    content: bytes
    created: str  #: calendar time, UTC
    modified: str

    @property
    def mime(self) -> str:
        """As the key's extension says."""
        return mimetypes.guess_type(self.key)[0] or "application/octet-stream"

    @property
    def md5(self) -> str:
        """Hex digest of the content."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()

    @property
    def preview(self) -> str:
        """The beginning, if it is text."""
        try:
            return self.content.decode()[:PREVIEW_CHARACTERS]
        except UnicodeDecodeError:
            return ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a folder's listing: an object, or a folder (without content of its own)."""

    key: str
    size: int
    modified: str
    object: StoredObject | None

    @property
    def name(self) -> str:
        """Last part of the key."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class PackingJob:
    """A download in preparation."""

    keys: tuple[str, ...]
    ready: float  #: emulated time


@dataclass(slots=True)
class ObjectStore:
    """All objects and jobs."""

    objects: dict[str, StoredObject] = field(default_factory=dict)
    jobs: dict[str, PackingJob] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes in use."""
        return sum(len(stored.content) for stored in self.objects.values())

    def put(self, key: str, content: bytes, now: str) -> None:
        """Create or overwrite."""
        old = self.objects.get(key)
        self.objects[key] = StoredObject(key, content, old.created if old else now, now)

    def folder(self, path: str) -> list[Entry]:
        """What lies directly in a folder, folders first; empty for a folder that does not exist.

        Args:
            path: Without slashes at the ends; empty for the root.
        """
        prefix = f"{path}/" if path else ""
        folders: dict[str, Entry] = {}
        files: list[Entry] = []
        for key, stored in sorted(self.objects.items()):
            if not key.startswith(prefix):
                continue
            name, slash, _ = key[len(prefix) :].partition("/")
            size = len(stored.content)
            if not slash:
                files.append(Entry(key, size, stored.modified, stored))
                continue
            known = folders.get(name)
            modified = max(known.modified, stored.modified) if known else stored.modified
            folders[name] = Entry(prefix + name, size + (known.size if known else 0), modified, None)
        return [*folders.values(), *files]

    def archive(self, keys: tuple[str, ...]) -> bytes:
        """A zip of those of these objects that are still there."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for key in keys:
                if key in self.objects:
                    archive.writestr(key, self.objects[key].content)
        return target.getvalue()


def clean_key(key: str) -> str | None:
    """The key without slashes at its ends; None if it is not allowed."""
    key = key.strip("/")
    good = _KEY.fullmatch(key) and "//" not in key
    return key if good else None


def human_size(size: int) -> str:
    """A size in bytes as the listing prints it, for example "2.27 GB"."""
    value, units = float(size), iter(("bytes", "KB", "MB", "GB"))
    unit = next(units)
    while value >= 1024 and unit != "GB":
        value, unit = value / 1024, next(units)
    return f"{value:.2f} {unit}" if unit != "bytes" else f"{size} bytes"
