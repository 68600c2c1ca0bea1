"""How Sphinx makes a site of these pages: `make docs`. They read as well where they stand."""

from importlib.metadata import version as installed_version

project = "qcjobs"
author = "the qcjobs developers"
copyright = author  # noqa: A001 (Sphinx's name)
release = version = installed_version("qcjobs")

extensions = ["myst_parser"]
exclude_patterns = ["*.py"]
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = "qcjobs"
html_copy_source = False
html_show_sphinx = False
