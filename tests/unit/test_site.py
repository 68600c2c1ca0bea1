"""The pages make a site, and its picture is that of the code."""

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """A link that leads nowhere, a page that nobody reaches, a heading that is missing: each is a warning."""
    build = (sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "--builder", "html")
    done = subprocess.run((*build, str(DOCS), str(tmp_path)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Nothing is lost" in (tmp_path / "reliability.html").read_text("utf-8")


def test_every_page_is_reached_from_the_first() -> None:
    """By a name in its table or its tree."""
    index = (DOCS / "index.md").read_text("utf-8")
    pages = {path.stem for path in DOCS.glob("*.md")} - {"index"}
    assert [page for page in pages if not re.search(rf"\({page}\.md\)|^{page}$", index, re.MULTILINE)] == []


def test_the_picture_of_the_floors_is_drawn_from_the_code() -> None:
    """After a change of floors, rooms or who imports whom: `.venv/bin/python docs/generate_picture.py`."""
    generate = runpy.run_path(str(DOCS / "generate_picture.py"))
    assert generate["draw"]() == generate["PICTURE"].read_text("utf-8")


def test_the_picture_has_every_floor_and_no_arrow_that_leads_up() -> None:
    """As import-linter sees it."""
    generate = runpy.run_path(str(DOCS / "generate_picture.py"))
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    picture = generate["PICTURE"].read_text("utf-8")
    assert [floor for floor in contracts[0]["layers"] if f">{floor}/<" not in picture] == []
    floors = generate["floors"]()
    import grimp

    found = generate["imports"](grimp.build_graph(*floors), floors)
    assert found
    assert [
        (floors[above], floors[below]) for above, below in found if above > below and floors[above] != "emulator"
    ] == []


def test_the_pictures_of_the_pages_exist() -> None:
    """And each says in words what it shows."""
    for page in DOCS.glob("*.md"):
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).is_file(), (page.name, target)
            assert len(words) > 10, (page.name, target)
