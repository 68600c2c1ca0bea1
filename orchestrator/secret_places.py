"""Where a secret is found: an environment variable, a file, or the vault. Settings name the place, never the value."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from orchestrator.errors import BadSettings
from orchestrator.vault import Vault


class SecretPlace(BaseModel):
    """One of the three."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str | None = None  #: name of an environment variable
    file: Path | None = None  #: a file that holds the secret and nothing else
    vault: str | None = None  #: its name in the vault (`qcjobs vault set NAME`)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(place is not None for place in (self.env, self.file, self.vault)) != 1:
            raise ValueError("give exactly one of env, file, vault")
        return self

    def read(self, vault: Vault) -> str:
        """The secret.

        Raises:
            BadSettings: It is not there. The message names the place.
        """
        if self.env is not None:
            if value := os.environ.get(self.env, "").strip():
                return value
            raise BadSettings(f"The environment variable {self.env} is not set.")
        if self.file is not None:
            try:
                value = self.file.expanduser().read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise BadSettings(f"The secret file {self.file} cannot be read ({type(error).__name__}).") from None
            if value:
                return value
            raise BadSettings(f"The secret file {self.file} is empty.")
        assert self.vault is not None  # noqa: S101 (one of them is set)
        return vault.get(self.vault)
