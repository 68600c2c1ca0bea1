"""A strategy's folder as the files of a project.

Which files belong to it follows the LEAN CLI (`get_source_files` and the reserved names of its `lean.components`): five
kinds of file; hidden folders, build outputs, backtest outputs and virtual environments stay home. Beyond that, hidden
files stay home too, and a file that carries a private key is refused. Opens files, never a connection.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

KINDS: Final = frozenset({".py", ".cs", ".ipynb", ".css", ".html"})
"""File kinds that a QuantConnect project holds."""

RESERVED_FOLDERS: Final = frozenset(
    {"CON", "PRN", "AUX", "NUL", "bin", "obj", "__pycache__"}
    | {f"{device}{number}" for device in ("COM", "LPT") for number in range(1, 10)}
    | {"backtests", "live", "optimizations", "storage", "report"}
)
"""Folders that the LEAN CLI never pushes: names Windows reserves, build outputs, its own outputs."""

LARGEST_FILE: Final = 256_000
"""Characters: the limit of the largest QuantConnect tier. Smaller tiers are checked by the server."""

_PRIVATE_KEY: Final = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")


class FolderError(ValueError):
    """The folder, or one of its files, cannot be sent; the message names it and says what to do."""


def read_folder(folder: str | Path, *, secrets: tuple[str, ...] = ()) -> dict[str, str]:
    """Content by name, in the order of the names; names hold folders, separated by `/`.

    Args:
        folder: Of the strategy.
        secrets: Texts that no file may contain, such as the API token.

    Raises:
        FolderError: No folder, none of its files belongs to a project, or one of them cannot be sent.
    """
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise FolderError(f"There is no folder {readable(folder)!r}.")
    files = {name: _read_file(path, name, secrets) for name, path in sorted(_walk(root, root, frozenset()))}
    if not files:
        raise FolderError(f"{readable(folder)!r} holds no file that belongs to a project ({', '.join(sorted(KINDS))}).")
    return files


def readable(path: Path | str) -> str:
    """A path as text. File names need not be valid UTF-8; what is sent or kept has to be."""
    return os.fsencode(path).decode("utf-8", "replace")


def _walk(folder: Path, root: Path, above: frozenset[Path]) -> Iterator[tuple[str, Path]]:
    above |= {folder.resolve()}
    try:
        entries = list(folder.iterdir())
    except OSError as error:
        raise FolderError(f"{folder} cannot be read: {error.strerror}.") from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            # A link that leads back up would never end.
            if not _stays_home(entry) and entry.resolve() not in above:
                yield from _walk(entry, root, above)
        elif entry.suffix in KINDS:
            yield entry.relative_to(root).as_posix(), entry


def _stays_home(folder: Path) -> bool:
    is_environment = (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()
    return folder.name in RESERVED_FOLDERS or is_environment


def _read_file(path: Path, name: str, secrets: tuple[str, ...]) -> str:
    content = _read_text(path, name)
    if "\0" in content:
        raise FolderError(f"{name} holds binary data. Only text can be sent; move it out of the folder.")
    if not content.strip():
        if path.name == "__init__.py":
            return "# QuantConnect refuses empty files.\n"
        raise FolderError(
            f"{name} is empty, and QuantConnect refuses empty files. Write a comment in it, or delete it."
        )
    if len(content) > LARGEST_FILE:
        raise FolderError(
            f"{name} has {len(content):,} characters; QuantConnect takes {LARGEST_FILE:,} at most. Split it."
        )
    if _PRIVATE_KEY.search(content) or any(secret and secret in content for secret in secrets):
        raise FolderError(f"{name} contains a private key or your API token. Take it out before the file leaves home.")
    return content


def _read_text(path: Path, name: str) -> str:
    if name != readable(name):
        raise FolderError(f"{readable(name)!r} is no valid name for a file in the cloud. Rename it.")
    try:
        if path.exists() and not path.is_file():
            raise FolderError(f"{name} is no ordinary file. Move it out of the folder.")
        size = path.stat().st_size
        if size > 4 * LARGEST_FILE:  # a character has four bytes at most
            raise FolderError(f"{name} has {size:,} bytes; QuantConnect takes {LARGEST_FILE:,} characters. Split it.")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise FolderError(f"{name} is not a UTF-8 text. Save it as UTF-8, or move it out of the folder.") from error
    except OSError as error:
        raise FolderError(f"{name} cannot be read: {error.strerror}.") from error
