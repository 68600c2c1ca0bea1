"""The object store: keys that look like paths, and a download in two steps."""

import io
import zipfile
from typing import Any

import pytest

from emulator.envelope import ApiFailure
from emulator.object_store import human_size
from emulator.options import EmulatorOptions
from tests.unit.emulator.account import Account


def ask(account: Account, endpoint: str, **arguments: Any) -> dict[str, Any]:
    return account.ask(endpoint, organizationId=account.world.options.organization_id, **arguments)


@pytest.fixture
def account() -> Account:
    account = Account(EmulatorOptions())
    for key, content in (("notes.txt", b"hello"), ("models/a.bin", b"\xff\x00"), ("models/deep/b.json", b"{}")):
        ask(account, "object/set", key=key, objectData=content)
    return account


def content(account: Account, link: str) -> dict[str, bytes]:
    """The files in the archive behind a link."""
    file = account.world.downloads.take(link.split("/")[-2])
    assert file is not None
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_folder_lists_what_is_directly_in_it(account: Account) -> None:
    """Folders first; their size is that of all that is below them."""
    root = ask(account, "object/list")
    assert [(item["key"], item["isFolder"], item["size"]) for item in root["objects"]] == [
        ("models", True, 4),
        ("notes.txt", False, 5),
    ]
    assert (root["objectStorageUsed"], root["objectStorageUsedHuman"]) == (9, "9 bytes")
    inside = ask(account, "object/list", path="/models/")["objects"]
    assert [(item["key"], item["name"]) for item in inside] == [("models/deep", "deep"), ("models/a.bin", "a.bin")]
    assert ask(account, "object/list", path="nowhere")["objects"] == []


def test_the_properties_tell_size_digest_and_beginning(account: Account) -> None:
    """Only text has a preview."""
    text = ask(account, "object/properties", key="notes.txt")["metadata"]
    assert (text["size"], text["mime"], text["preview"]) == (5, "text/plain", "hello")
    assert text["md5"] == "5d41402abc4b2a76b9719d911017c592"
    assert ask(account, "object/properties", key="models/a.bin")["metadata"]["preview"] == ""


def test_overwriting_keeps_the_date_of_creation(account: Account) -> None:
    """There is one object to a key."""
    created = ask(account, "object/properties", key="notes.txt")["metadata"]["created"]
    account.wait(5)
    ask(account, "object/set", key="notes.txt", objectData="new")
    changed = ask(account, "object/properties", key="notes.txt")["metadata"]
    assert changed["created"] == created < changed["modified"]


def test_a_download_takes_two_steps(account: Account) -> None:
    """First a job without a link, later a link to a zip of what was asked for."""
    job = ask(account, "object/get", keys=["notes.txt", "models/a.bin"])
    assert job["url"] == ""
    assert ask(account, "object/get", jobId=job["jobId"])["url"] == ""
    account.wait(2)
    done = ask(account, "object/get", jobId=job["jobId"])
    assert content(account, done["url"]) == {"notes.txt": b"hello", "models/a.bin": b"\xff\x00"}


def test_a_link_works_once(account: Account) -> None:
    """Whoever finds it in a log later finds nothing."""
    job = ask(account, "object/get", keys=["notes.txt"])["jobId"]
    account.wait(2)
    link = ask(account, "object/get", jobId=job)["url"]
    assert content(account, link)
    assert account.world.downloads.take(link.split("/")[-2]) is None
    assert content(account, ask(account, "object/get", jobId=job)["url"])


@pytest.mark.parametrize("keys", [[], ["missing"], ["notes.txt", "missing"]])
def test_only_what_exists_can_be_downloaded(account: Account, keys: list[str]) -> None:
    """And the refusal says what is missing."""
    with pytest.raises(ApiFailure, match=r"[Mm]issing"):
        ask(account, "object/get", keys=keys)


def test_a_licence_may_forbid_downloads() -> None:
    """As for most tiers; the text is how clients recognise it."""
    account = Account(EmulatorOptions(object_downloads=False))
    ask(account, "object/set", key="a", objectData="x")
    with pytest.raises(ApiFailure, match="data licensing restrictions"):
        ask(account, "object/get", keys=["a"])


@pytest.mark.parametrize("key", ["x.json.gz", "a//b", "what?.txt", "/"])
def test_a_key_is_a_path_with_one_extension_at_most(account: Account, key: str) -> None:
    """As the real store demands."""
    with pytest.raises(ApiFailure, match="Invalid"):
        ask(account, "object/set", key=key, objectData="x")


def test_a_deleted_object_is_gone(account: Account) -> None:
    """And its folder with it."""
    ask(account, "object/delete", key="models/deep/b.json")
    assert [item["key"] for item in ask(account, "object/list", path="models")["objects"]] == ["models/a.bin"]
    with pytest.raises(ApiFailure, match="Object not found"):
        ask(account, "object/delete", key="models/deep/b.json")


@pytest.mark.parametrize("endpoint", ["object/list", "object/get", "object/properties"])
def test_a_foreign_organization_has_no_objects_here(account: Account, endpoint: str) -> None:
    """The store belongs to the organization."""
    with pytest.raises(ApiFailure, match="Organization not found"):
        account.ask(endpoint, organizationId="f" * 32, key="notes.txt", keys=["notes.txt"])


@pytest.mark.parametrize(("size", "text"), [(0, "0 bytes"), (1536, "1.50 KB"), (2_437_393_940, "2.27 GB")])
def test_sizes_are_also_told_to_people(size: int, text: str) -> None:
    """In the form of the published sample."""
    assert human_size(size) == text
