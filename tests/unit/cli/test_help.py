"""What `--help` says."""

import pytest
from click.testing import CliRunner

from cli.main import COMMANDS, main


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=["qcjobs", *COMMANDS])
def test_every_help_ends_with_lines_to_copy(command: list[str]) -> None:
    """People learn a command from its examples; each stands on a line of its own."""
    result = CliRunner().invoke(main, [*command, "--help"])
    lines = [line.strip() for line in result.output.splitlines()]
    examples = lines[lines.index("Examples:") + 1 :]
    assert "qcjobs " in examples[0]  # be it behind a variable
    assert "\\b" not in result.output


def test_the_overview_names_every_command_and_the_exit_codes() -> None:
    """The one page that is always at hand."""
    output = CliRunner().invoke(main, ["--help"]).output
    assert all(f"\n  {name} " in output for name in COMMANDS)
    assert "3 a service is" in output


def test_an_unknown_command_is_wrong_use() -> None:
    """Scripts tell a typing error from a failed job."""
    assert CliRunner().invoke(main, ["sumbit"]).exit_code == 2
