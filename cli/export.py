"""Rows as a file, by the ending of its name: CSV, Parquet or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestrator.errors import WrongUse


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write all rows, or leave the file as it was. Moments are UTC.

    Raises:
        WrongUse: Another ending, no such folder, or Parquet without its package.
    """
    with replacing(path) as fresh:
        match path.suffix.lower():
            case ".csv":
                _csv(fresh, rows)
            case ".json":
                fresh.write_text(json.dumps([dict(row) for row in rows], default=_plain, indent=2), "utf-8")
            case ".parquet":
                _parquet(fresh, rows)
            case _:
                raise WrongUse(f"{path.name}: the name must end in .csv, .parquet or .json.")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to. In the end it takes that place; whatever fails leaves `path` as it was.

    Raises:
        WrongUse: There is no such folder, or `path` is no file.
    """
    if not path.parent.is_dir():
        raise WrongUse(f"There is no folder {str(path.parent)!r}.")
    require_file(path)
    fresh = path.with_name(f".{path.name}.part")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def require_file(path: Path) -> None:
    """Refuse what is there and no file: root would put one in the place of a device.

    Raises:
        WrongUse: It is a folder, a device, a pipe.
    """
    if path.exists() and not path.is_file():
        raise WrongUse(f"{path} is no file: name one.")


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every column, in the order in which they appear."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns_of(rows))
        writer.writeheader()
        writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)


def _parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 (80 MB, for whoever wants this)
        from pyarrow import parquet  # noqa: PLC0415 (as above)
    except ModuleNotFoundError:
        raise WrongUse("Parquet needs a package: pip install 'qcjobs[parquet]'.") from None
    names = columns_of(rows)
    parquet.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), path)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict | list) else value
