"""The LEAN versions and environments that the emulated cloud offers.

Source of the fields: QuantConnect API definition; the LEAN CLI (`lean/environments/read`).
"""

from typing import Any

MASTER_VERSION = 17_000
"""Number of the only LEAN version that the emulator knows."""

ENGINE = f"2.5.0.0.{MASTER_VERSION}"
"""The same version as logs name it."""


def versions() -> list[dict[str, Any]]:
    """All versions, newest first."""
    return [
        {
            "id": MASTER_VERSION,
            "created": "2026-01-01 00:00:00",
            "description": "The version of the emulator",
            "leanHash": "0" * 40,
            "leanCloudHash": "0" * 40,
            "name": ENGINE,
            "ref": "refs/heads/master",
            "public": True,
        }
    ]


def environments() -> list[dict[str, Any]]:
    """All environments; 1 is the default one of a new project."""
    return [{"id": 1, "name": "Foundation Default", "path": None, "description": "", "public": True}]
