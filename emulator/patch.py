"""Unified diffs: reading them, and applying them to the files of a project.

Lenient where hand-made and generated patches are sloppy, strict where the content could suffer: line numbers may be
off, git's headers and prefixes may be there or not, but every line that a hunk shows must be found.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_RANGE = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_FILE = "/dev/null"


class PatchError(Exception):
    """The text is no unified diff, or does not fit the files; the message says where."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of lines and what becomes of it."""

    position: int  #: index of its first line in the old file, as far as the patch knows
    lines: tuple[str, ...]  #: each begins with " ", "-" or "+"

    @property
    def old(self) -> list[str]:
        """The lines it expects."""
        return [line[1:] for line in self.lines if line[0] != "+"]


@dataclass(slots=True)
class FileDiff:
    """All that a patch does to one file."""

    old_name: str | None  #: None: it is created
    new_name: str | None  #: None: it is deleted
    hunks: list[Hunk] = field(default_factory=list)


def parse(patch: str) -> list[FileDiff]:
    """Read a unified diff over any number of files.

    Raises:
        PatchError: There is no change in it, or a hunk is shorter than it says.
    """
    diffs: list[FileDiff] = []
    lines = [line.rstrip("\r") for line in patch.split("\n")]
    index = 0
    while index < len(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if lines[index].startswith("--- ") and following.startswith("+++ "):
            diffs.append(FileDiff(*_names(lines[index], following)))
            index += 2
        elif (numbers := _RANGE.match(lines[index])) and diffs:
            hunk, index = _hunk(lines, index + 1, numbers)
            diffs[-1].hunks.append(hunk)
        else:
            index += 1
    if not any(diff.hunks for diff in diffs):
        raise PatchError("no changes found in it")
    return diffs


def apply(diffs: Sequence[FileDiff], files: Mapping[str, str]) -> dict[str, str | None]:
    """The new content of every file that the diffs touch, by name; None for one that is to go.

    Raises:
        PatchError: A file is missing, or a hunk's lines are not in it.
    """
    current = dict(files)
    touched: list[str] = []
    for diff in diffs:
        source = ""
        if diff.old_name is not None:
            if diff.old_name not in current:
                raise PatchError(f"there is no file {diff.old_name}")
            source = current.pop(diff.old_name)
            touched.append(diff.old_name)
        patched = _patched(source, diff)
        if diff.new_name is not None:
            if diff.new_name in current:
                raise PatchError(f"{diff.new_name} exists already")
            current[diff.new_name] = patched
            touched.append(diff.new_name)
    return {name: current.get(name) for name in touched}


def _names(old: str, new: str) -> tuple[str | None, str | None]:
    """Names of both sides, without git's prefixes and the dates that diff puts behind a tab."""
    before, after = (line[4:].partition("\t")[0].strip() for line in (old, new))
    before_is_git = before == _NO_FILE or before.startswith("a/")
    if before_is_git and (after == _NO_FILE or after.startswith("b/")):
        before, after = (name if name == _NO_FILE else name[2:] for name in (before, after))
    return (None if before == _NO_FILE else before), (None if after == _NO_FILE else after)


def _hunk(lines: Sequence[str], index: int, numbers: re.Match[str]) -> tuple[Hunk, int]:
    """The hunk whose lines begin at `index`, and the index behind it. The counts in its head say how long it is."""
    old_left, new_left = int(numbers[2] or 1), int(numbers[3] or 1)
    position = int(numbers[1]) - (old_left > 0)  # without old lines the head names the line before
    found: list[str] = []
    while old_left > 0 or new_left > 0:
        line = lines[index] if index < len(lines) else None
        if line is None or line[:1] not in {"", " ", "-", "+", "\\"}:
            raise PatchError("a hunk is shorter than its head says")
        index += 1
        if line.startswith("\\"):  # "No newline at end of file", in the middle of a hunk
            continue
        line = line or " "  # an empty line of context whose blank an editor has removed
        old_left -= line[0] != "+"
        new_left -= line[0] != "-"
        found.append(line)
    return Hunk(max(0, position), tuple(found)), index


def _patched(source: str, diff: FileDiff) -> str:
    lines = _LINE.findall(source)
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    result: list[str] = []
    done = 0
    for hunk in diff.hunks:
        place = _place(lines, hunk, done)
        if place is None:
            raise PatchError(f"it does not fit {diff.old_name or diff.new_name}, line {hunk.position + 1}")
        result += lines[done:place]
        done = place
        for line in hunk.lines:
            if line[0] == "+":
                result.append(line[1:] + ending)
            else:
                if line[0] == " ":
                    result.append(lines[done])
                done += 1
    result += lines[done:]
    whole = [line if line.endswith("\n") else line + ending for line in result[:-1]]
    return "".join(whole + result[-1:])


def _place(lines: Sequence[str], hunk: Hunk, earliest: int) -> int | None:
    """Where the hunk's lines are, as near as possible to where it says; None if nowhere."""
    old = hunk.old
    places = range(earliest, len(lines) - len(old) + 1)
    for place in sorted(places, key=lambda place: abs(place - hunk.position)):
        if all(line.rstrip("\r\n") == wanted for line, wanted in zip(lines[place:], old, strict=False)):
            return place
    return None
