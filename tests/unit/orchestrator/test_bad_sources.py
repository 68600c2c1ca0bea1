"""What a bad source gets: one line that names the thing and says what to do, and nothing half-accepted."""

import os
import sys
from pathlib import Path

import pytest

from orchestrator.errors import BadParameter, BadSource, WrongUse
from orchestrator.sources import read_source
from quantconnect.folders import LARGEST_FILE

TOKEN = "7c0ffee-this-is-the-api-token"
CODE = "class A(QCAlgorithm): pass\n"


def refusal(folder: Path | str, **files: str | bytes) -> str:
    """What a folder with these files is told; `main_py` stands for `main.py`."""
    for name, content in files.items():
        path = Path(folder) / name.replace("_", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WrongUse) as caught:
        read_source(folder, secrets=(TOKEN,))
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "source", ["no/such/folder", "~nobody-of-that-name/x", "x" * 5000, "a\0b", "-5", "0", "²", "1" * 40, ""]
)
def test_what_is_neither_a_folder_nor_a_project_is_named(
    source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A typing error is the most frequent of all."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(BadSource):
        read_source(source)


def test_a_missing_folder_is_told_what_to_give(tmp_path: Path) -> None:
    """A folder, or the id of a project."""
    assert "Give a strategy's folder, or the id of a cloud project" in refusal(tmp_path / "nowhere")


def test_a_file_in_place_of_its_folder_is_told_so(tmp_path: Path) -> None:
    """People name main.py."""
    (tmp_path / "main.py").write_text(CODE)

    assert "Give the folder that holds it" in refusal(tmp_path / "main.py")


def test_a_folder_without_a_main_file_is_told_which_one_it_lacks(tmp_path: Path) -> None:
    """That is where a strategy begins."""
    assert "neither main.py nor Main.cs" in refusal(tmp_path, other_py=CODE)


def test_a_main_file_further_down_does_not_count(tmp_path: Path) -> None:
    """QuantConnect looks for it at the top."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.py").write_text(CODE)

    assert "neither main.py nor Main.cs" in refusal(tmp_path)


@pytest.mark.parametrize("nothing", ["", " \n\t\n"])
def test_an_empty_file_is_named(tmp_path: Path, nothing: str) -> None:
    """QuantConnect refuses it without saying which."""
    message = refusal(tmp_path, main_py=CODE, helper_py=nothing)

    assert "helper.py is empty" in message
    assert "delete it" in message


def test_a_file_that_is_too_large_is_named_with_its_size(tmp_path: Path) -> None:
    """QuantConnect's own message lacks the name."""
    message = refusal(tmp_path, main_py=CODE, data_py="x" * (LARGEST_FILE + 1))

    assert "data.py has 256,001 characters" in message


def test_the_largest_file_that_is_allowed_is_taken(tmp_path: Path) -> None:
    """Characters count, not bytes."""
    (tmp_path / "main.py").write_text("ü" * LARGEST_FILE, encoding="utf-8")

    assert read_source(tmp_path).files is not None


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    """A report of some gigabytes must not fill the memory first."""
    (tmp_path / "main.py").write_text(CODE)
    with (tmp_path / "report.html").open("wb") as file:
        file.truncate(2_000_000_000_000)

    assert "report.html has 2,000,000,000,000 bytes" in refusal(tmp_path)


def test_binary_content_is_named(tmp_path: Path) -> None:
    """A data file with a misleading name."""
    assert "weights.py holds binary data" in refusal(tmp_path, main_py=CODE, weights_py=b"abc\x00def")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """The API's JSON could not carry it."""
    assert "main.py is not a UTF-8 text" in refusal(tmp_path, main_py="# Größe".encode("latin-1"))


@pytest.mark.parametrize("kind", ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY"])
def test_a_private_key_never_leaves_home(tmp_path: Path, kind: str) -> None:
    """Once in the cloud it counts as lost."""
    message = refusal(tmp_path, main_py=CODE, keys_py=f'KEY = """-----BEGIN {kind}-----\nMIIE…"""')

    assert "keys.py contains a private key" in message
    assert "MIIE" not in message


def test_the_api_token_never_leaves_home(tmp_path: Path) -> None:
    """Strategies that call the API themselves have it inside; the message must not repeat it."""
    message = refusal(tmp_path, main_py=f"TOKEN = '{TOKEN}'\n")

    assert "main.py" in message
    assert TOKEN not in message


def test_without_a_token_nothing_is_taken_for_one(tmp_path: Path) -> None:
    """The empty text is in every file."""
    (tmp_path / "main.py").write_text(CODE)

    assert read_source(tmp_path, secrets=("",)).files is not None


@pytest.mark.parametrize("content", ["{", "", "[1]", "null", b"\xff\xfe", '"text"'])
def test_a_broken_config_json_is_named(tmp_path: Path, content: str | bytes) -> None:
    """Ignoring it would run in another project than the one it names."""
    assert "config.json" in refusal(tmp_path, main_py=CODE, config_json=content)


@pytest.mark.parametrize("value", ['"my project"', "true", "-3", "0", "1.5", "[1]", '"²"', "1" * 40])
def test_a_cloud_id_that_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    """It would be another project, or none."""
    assert "cloud-id must be the number" in refusal(tmp_path, main_py=CODE, config_json=f'{{"cloud-id": {value}}}')


@pytest.mark.parametrize("value", ["[1, 2]", '{"a": 1}', "null", "NaN", "1e999", r'"\u0000"', r'"\ud800"'])
def test_a_parameter_that_is_no_scalar_is_named(tmp_path: Path, value: str) -> None:
    """QuantConnect would hand the algorithm something else, or nothing."""
    (tmp_path / "main.py").write_text(CODE)
    (tmp_path / "config.json").write_text(f'{{"parameters": {{"fast": {value}}}}}')

    with pytest.raises(BadParameter, match="fast"):
        read_source(tmp_path)


def test_parameters_that_are_no_map_are_refused(tmp_path: Path) -> None:
    """A list of pairs has no names."""
    assert "parameters must be an object" in refusal(tmp_path, main_py=CODE, config_json='{"parameters": [["a", 1]]}')


@pytest.mark.parametrize("language", ["Rust", "5", "Visual Basic"])
def test_an_unknown_language_is_named(tmp_path: Path, language: str) -> None:
    """LEAN speaks two."""
    config = f'{{"algorithm-language": "{language}"}}'

    assert "it must be Python or CSharp" in refusal(tmp_path, main_py=CODE, config_json=config)


def test_a_language_without_its_main_file_is_refused(tmp_path: Path) -> None:
    """The project would be made for the wrong language."""
    message = refusal(tmp_path, main_py=CODE, config_json='{"algorithm-language": "CSharp"}')

    assert "the folder holds main.py" in message


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """Sending the rest without it would run other code."""
    (tmp_path / "main.py").write_text(CODE)
    (tmp_path / "secret.py").write_text(CODE)
    (tmp_path / "secret.py").chmod(0)

    assert "secret.py cannot be read" in refusal(tmp_path)


def test_a_link_to_nowhere_is_named(tmp_path: Path) -> None:
    """The file that it stood for is missing."""
    (tmp_path / "main.py").write_text(CODE)
    (tmp_path / "helper.py").symlink_to("gone.py")

    assert "helper.py cannot be read" in refusal(tmp_path)


def test_a_pipe_does_not_stop_the_submission(tmp_path: Path) -> None:
    """Reading one would wait for a writer for ever."""
    (tmp_path / "main.py").write_text(CODE)
    os.mkfifo(tmp_path / "pipe.py")

    assert "pipe.py is no ordinary file" in refusal(tmp_path)


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system refuses such names")
def test_a_file_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Neither the API nor the ledger could carry it."""
    (tmp_path / "main.py").write_text(CODE)
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text(CODE)

    assert "is no valid name" in refusal(tmp_path)
