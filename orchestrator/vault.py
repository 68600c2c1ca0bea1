"""An encrypted file of secrets: names are readable by whoever has the key, and so are values; by nobody else anything.

Fernet (AES-128-CBC with HMAC-SHA256) of the library `cryptography` over one JSON object. The key is no part of the
file: it comes from the environment variable `QCJOBS_VAULT_KEY`, or from the file that `QCJOBS_VAULT_KEY_FILE` names.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from orchestrator.errors import BadSettings

KEY_VARIABLE: Final = "QCJOBS_VAULT_KEY"


@dataclass(frozen=True, slots=True)
class Vault:
    """One file."""

    path: Path

    def names(self) -> list[str]:
        """What is in it.

        Raises:
            BadSettings: The key is missing or wrong, or the file is damaged.
        """
        return sorted(self._open())

    def get(self, name: str) -> str:
        """One secret.

        Raises:
            BadSettings: It is not there, or as for `names`.
        """
        secrets = self._open()
        if name not in secrets:
            raise BadSettings(f"The vault {self.path} holds no {name!r}: qcjobs vault set {name}")
        return secrets[name]

    def put(self, name: str, secret: str) -> None:
        """Keep a secret under a name, in place of the one that was there."""
        self._write({**self._open(), name: secret})

    def remove(self, name: str) -> bool:
        """Forget a secret. False: there was none of that name."""
        secrets = self._open()
        if secrets.pop(name, None) is None:
            return False
        self._write(secrets)
        return True

    def _open(self) -> dict[str, str]:
        cipher = _cipher()
        try:
            sealed = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise BadSettings(f"The vault {self.path} cannot be read: {error.strerror}.") from error
        try:
            secrets: dict[str, str] = json.loads(cipher.decrypt(sealed))
        except (InvalidToken, ValueError):
            raise BadSettings(f"{KEY_VARIABLE} does not open the vault {self.path}.") from None
        return secrets

    def _write(self, secrets: Mapping[str, str]) -> None:
        """All or nothing: a full disk must not cost the secrets that were there."""
        sealed = _cipher().encrypt(json.dumps(dict(secrets)).encode())
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".vault-")  # readable by its owner only
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def new_key() -> str:
    """A key for a new vault."""
    return Fernet.generate_key().decode()


def _cipher() -> Fernet:
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key and (path := os.environ.get(f"{KEY_VARIABLE}_FILE")):
        try:
            key = Path(path).expanduser().read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSettings(f"{KEY_VARIABLE}_FILE names {path}, which cannot be read.") from error
    if not key:
        raise BadSettings(f"The vault is locked: set {KEY_VARIABLE} (a new one: qcjobs vault new-key).")
    try:
        return Fernet(key)
    except ValueError:
        raise BadSettings(f"{KEY_VARIABLE} is no key of a vault.") from None  # the original would quote it
