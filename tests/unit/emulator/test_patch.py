"""Unified diffs over the files of a project: all of a patch, or nothing."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.envelope import ApiFailure
from emulator.patch import apply, parse
from tests.unit.emulator.account import Account

MAIN = "a = 1\nb = 2\nc = 3\n"


@pytest.fixture
def project(account: Account) -> int:
    return account.project(MAIN)


def contents(account: Account, project: int) -> dict[str, str]:
    return {file["name"]: file["content"] for file in account.ask("files/read", projectId=project)["files"]}


def test_a_patch_may_touch_several_files(account: Account, project: int) -> None:
    """One changed, one created, one deleted, with git's headers."""
    account.ask("files/create", projectId=project, name="old.py", content="x = 1\n")
    patch = (
        "diff --git a/main.py b/main.py\nindex 1..2 100644\n--- a/main.py\n+++ b/main.py\n"
        "@@ -1,3 +1,4 @@ somewhere\n a = 1\n-b = 2\n+b = 20\n+b += 1\n c = 3\n"
        "diff --git a/lib/new.py b/lib/new.py\nnew file mode 100644\n--- /dev/null\n+++ b/lib/new.py\n"
        "@@ -0,0 +1,2 @@\n+y = 1\n+z = 1\n"
        "--- a/old.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x = 1\n"
    )
    account.ask("files/patch", projectId=project, patch=patch)
    assert contents(account, project) == {"main.py": "a = 1\nb = 20\nb += 1\nc = 3\n", "lib/new.py": "y = 1\nz = 1\n"}


@pytest.mark.parametrize(
    "patch",
    [
        "--- main.py\n+++ main.py\n@@ -2 +2 @@\n-b = 2\n+b = 9",
        "--- a/main.py\t2026-01-01\n+++ b/main.py\t2026-01-02\n@@ -2,1 +2,1 @@\n-b = 2\n+b = 9\n",
        "--- a/main.py\r\n+++ b/main.py\r\n@@ -2 +2 @@\r\n-b = 2\r\n+b = 9\r\n",
        "--- a/main.py\n+++ b/main.py\n@@ -99,2 +99,2 @@\n a = 1\n-b = 2\n+b = 9\n",
    ],
    ids=["no prefixes", "dates", "carriage returns", "wrong line numbers"],
)
def test_sloppy_patches_are_understood(account: Account, project: int, patch: str) -> None:
    """Generated patches often are."""
    account.ask("files/patch", projectId=project, patch=patch)
    assert contents(account, project) == {"main.py": "a = 1\nb = 9\nc = 3\n"}


@pytest.mark.parametrize(
    "patch",
    [
        " \n",
        "just words",
        "--- a/main.py\n+++ b/main.py\n",
        "--- a/none.py\n+++ b/none.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n",
        "--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-a = 7\n+a = 2\n",
        "--- a/main.py\n+++ b/main.py\n@@ -1,3 +1,3 @@\n a = 1\n",
        "--- /dev/null\n+++ b/main.py\n@@ -0,0 +1 @@\n+a = 2\n",
        "--- a/main.py\n+++ b/main.py\n@@ -1,3 +0,0 @@\n-a = 1\n-b = 2\n-c = 3\n",
    ],
    ids=["blank", "no diff", "no hunk", "no such file", "other content", "cut off", "exists", "empties a file"],
)
def test_a_patch_that_does_not_fit_is_refused(account: Account, project: int, patch: str) -> None:
    """With nothing changed, not even by a part that would fit."""
    good = "--- a/main.py\n+++ b/main.py\n@@ -3 +3 @@\n-c = 3\n+c = 4\n"
    for whole in (patch, good + patch if "@@" in patch else patch):
        with pytest.raises(ApiFailure):
            account.ask("files/patch", projectId=project, patch=whole)
        assert contents(account, project) == {"main.py": MAIN}


def test_a_patch_must_not_make_a_file_too_large(account: Account, project: int) -> None:
    """The limit is the same as for any other write."""
    patch = f"--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-a = 1\n+{'x' * 64_000}\n"
    with pytest.raises(ApiFailure, match="64,000 characters"):
        account.ask("files/patch", projectId=project, patch=patch)


LINES = st.lists(st.sampled_from(["a", "b", "", "--- c", "+++ d", "@@ -1 +1 @@", " e"]), min_size=1, max_size=12)


@given(old=LINES, new=LINES, context=st.integers(0, 3))
def test_what_diff_writes_is_applied_exactly(old: list[str], new: list[str], context: int) -> None:
    """Against the standard library's diff, for contents that look like diffs themselves."""
    before, after = ([f"{line}\n" for line in lines] for lines in (old, new))
    patch = "".join(difflib.unified_diff(before, after, "a/f.py", "b/f.py", n=context))
    if patch:
        assert apply(parse(patch), {"f.py": "".join(before)}) == {"f.py": "".join(after)}
