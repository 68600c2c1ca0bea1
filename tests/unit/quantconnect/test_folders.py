"""A folder as the files of a project."""

from pathlib import Path

import pytest

from quantconnect.folders import FolderError, read_folder


def write(folder: Path, **files: str) -> None:
    """Files by name; `a__b_py` stands for `a/b.py`."""
    for name, content in files.items():
        path = folder / (name.replace("__", "/")[::-1].replace("_", ".", 1)[::-1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def test_the_five_kinds_are_read_and_nothing_else(tmp_path: Path) -> None:
    """Data, notes and settings stay home."""
    write(
        tmp_path,
        main_py="a",
        Main_cs="b",
        research_ipynb="c",
        page_html="d",
        page_css="e",
        data_csv="f",
        config_json="",
    )
    assert set(read_folder(tmp_path)) == {"main.py", "Main.cs", "research.ipynb", "page.html", "page.css"}


def test_folders_become_part_of_the_names(tmp_path: Path) -> None:
    """With the separator of the API, on every system."""
    write(tmp_path, main_py="a", alpha__model_py="b")
    assert read_folder(tmp_path) == {"main.py": "a", "alpha/model.py": "b"}


@pytest.mark.parametrize("folder", [".hidden", "__pycache__", "backtests", "bin"])
def test_hidden_folders_and_outputs_stay_home(tmp_path: Path, folder: str) -> None:
    """Nobody wrote them for the cloud."""
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "old.py").write_text("x")
    (tmp_path / "main.py").write_text("a")
    assert read_folder(tmp_path) == {"main.py": "a"}


def test_a_virtual_environment_stays_home(tmp_path: Path) -> None:
    """Whatever it is called; thousands of files are in it."""
    write(tmp_path, main_py="a", env__pyvenv_cfg="", env__lib__site_py="x")
    assert read_folder(tmp_path) == {"main.py": "a"}


def test_an_empty_file_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    """QuantConnect refuses empty files, and would not say which."""
    write(tmp_path, main_py="a", empty_py="\n")
    with pytest.raises(FolderError, match=r"empty\.py is empty"):
        read_folder(tmp_path)


def test_a_private_key_stays_home(tmp_path: Path) -> None:
    """What the command refuses, the library refuses, too."""
    write(tmp_path, main_py="KEY = '-----BEGIN RSA PRIVATE KEY-----'")
    with pytest.raises(FolderError, match="private key"):
        read_folder(tmp_path)


def test_the_marker_of_a_package_is_filled(tmp_path: Path) -> None:
    """It is mostly empty, QuantConnect refuses empty files, and Python needs it."""
    write(tmp_path, main_py="a", alpha__x_py="b")
    (tmp_path / "alpha" / "__init__.py").touch()
    files = read_folder(tmp_path)
    assert set(files) == {"main.py", "alpha/x.py", "alpha/__init__.py"}
    assert files["alpha/__init__.py"].strip()


def test_what_cannot_be_sent_is_said_by_name(tmp_path: Path) -> None:
    """Before anything is pushed."""
    with pytest.raises(ValueError, match="nowhere"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="no file"):
        read_folder(tmp_path)
    (tmp_path / "main.py").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ValueError, match=r"main\.py"):
        read_folder(tmp_path)
