"""What can be run: a local folder (a LEAN CLI project works as it is) or a cloud project as it stands.

Which files of a folder belong to it is said by `quantconnect.folders`; here is what its `config.json` adds, and where
it stands in git.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestrator.errors import BadSource
from orchestrator.jobs import Scalar, checked_parameters
from quantconnect.folders import FolderError, read_folder, readable
from quantconnect.models.ids import ProjectId

MAIN_FILES: Final = {"main.py": "Py", "Main.cs": "C#"}
LANGUAGES: Final = {"python": "Py", "py": "Py", "csharp": "C#", "c#": "C#"}

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")  # of a project; any other is no id, and fits no column


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The files to run and what their folder says about them."""

    label: str  #: for people
    name: str  #: a project made for it gets this name
    language: str  #: `Py` or `C#`
    project_id: ProjectId | None
    files: Mapping[str, str] | None  #: None: the cloud project as it stands
    parameters: Mapping[str, Scalar]
    git_commit: str | None = None
    git_dirty: bool | None = None


def read_source(source: str | Path | int, *, default_language: str = "Python", secrets: tuple[str, ...] = ()) -> Source:
    """Read a folder, or understand a number as a cloud project.

    Args:
        source: A folder, or the id of a cloud project that is to run as it stands.
        default_language: Of a folder that does not tell.
        secrets: Texts that no file may contain, such as the API token.

    Raises:
        BadSource: The folder is missing or one of its files cannot be sent; the message names it and says what to do.
    """
    folder = Path(os.path.expanduser(str(source)))  # noqa: PTH111 (Path.expanduser fails for an unknown user)
    if not _exists(folder):
        if _NUMBER.fullmatch(str(source)):
            return _cloud_project(ProjectId(int(str(source))))
        raise BadSource(f"There is no folder {str(source)!r}. Give a strategy's folder, or the id of a cloud project.")
    if not folder.is_dir():
        raise BadSource(f"{str(source)!r} is a file. Give the folder that holds it.")
    folder = folder.resolve()
    config = _read_config(folder)
    try:
        files = read_folder(folder, secrets=secrets)
    except FolderError as error:
        raise BadSource(str(error)) from error
    commit, dirty = _git_identity(folder)
    return Source(
        label=readable(folder),
        name=readable(folder.name) or "project",
        language=_language(folder, files, config, default_language),
        project_id=_cloud_id(folder, config),
        files=files,
        parameters=_parameters(folder, config),
        git_commit=commit,
        git_dirty=dirty,
    )


def _exists(folder: Path) -> bool:
    try:
        return folder.exists()
    except (OSError, ValueError):  # a name too long for the file system, or with a NUL in it
        return False


def _cloud_project(project_id: ProjectId) -> Source:
    label = f"project {project_id}"
    return Source(label=label, name=label, language="Py", project_id=project_id, files=None, parameters={})


def _read_config(folder: Path) -> dict[str, object]:
    path = folder / "config.json"
    if not path.is_file():
        return {}
    try:
        config = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadSource(f"{path} is not valid JSON. Mend it, or delete it.") from error
    if not isinstance(config, dict):
        raise BadSource(f"{path} must hold a JSON object.")
    return config


def _language(folder: Path, files: Mapping[str, str], config: Mapping[str, object], default: str) -> str:
    present = [main for main in MAIN_FILES if main in files]
    if not present:
        raise BadSource(f"{folder} holds neither main.py nor Main.cs. One of them is where a strategy begins.")
    named = str(config.get("algorithm-language") or (default if len(present) > 1 else ""))
    if named and named.lower() not in LANGUAGES:
        raise BadSource(f"{folder / 'config.json'}: algorithm-language is {named!r}; it must be Python or CSharp.")
    language = LANGUAGES[named.lower()] if named else MAIN_FILES[present[0]]
    if language not in {MAIN_FILES[main] for main in present}:
        raise BadSource(f"{folder / 'config.json'} says the language is {named}, but the folder holds {present[0]}.")
    return language


def _cloud_id(folder: Path, config: Mapping[str, object]) -> ProjectId | None:
    value = config.get("cloud-id")
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not _NUMBER.fullmatch(str(value)):
        raise BadSource(f"{folder / 'config.json'}: cloud-id must be the number of a cloud project, not {value!r}.")
    return ProjectId(int(str(value)))


def _parameters(folder: Path, config: Mapping[str, object]) -> dict[str, Scalar]:
    value = config.get("parameters") or {}
    if not isinstance(value, dict):
        raise BadSource(f"{folder / 'config.json'}: parameters must be an object of names and values.")
    return checked_parameters(value)


def _git_identity(folder: Path) -> tuple[str | None, bool | None]:
    """The commit that the folder stands at, and whether anything in it differs; (None, None) outside git."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD"), bool(git("status", "--porcelain", "--", "."))
    except (OSError, subprocess.SubprocessError):
        return None, None
