"""`qcjobs vault`: keep brokerage keys in an encrypted file."""

from __future__ import annotations

import sys

import click

from cli import render
from cli.epilog import examples
from cli.failures import told_plainly
from orchestrator.errors import WrongUse
from orchestrator.settings import load_settings
from orchestrator.vault import KEY_VARIABLE, Vault, new_key


@click.group(
    epilog=examples(
        f"export {KEY_VARIABLE}=$(qcjobs vault new-key)",
        "qcjobs vault set alpaca-token",
        "pass show alpaca | qcjobs vault set alpaca-token",
        "qcjobs vault list",
    )
)
def vault() -> None:
    """Brokerage keys in an encrypted file, for whoever has no other place for secrets.

    A brokerage of the configuration names its keys: `secrets: {access-token: {vault: alpaca-token}}`. The key of the
    vault itself comes from QCJOBS_VAULT_KEY, or from the file that QCJOBS_VAULT_KEY_FILE names.
    """


@vault.command("new-key", epilog=examples(f"export {KEY_VARIABLE}=$(qcjobs vault new-key)"))
@told_plainly
def new_key_() -> None:
    """Print a key for a new vault. Keep it where the workers find it, and nowhere near the vault."""
    click.echo(new_key())


@vault.command(
    "set", epilog=examples("qcjobs vault set alpaca-token", "qcjobs vault set ib-password < /run/secrets/ib")
)
@click.argument("name")
@told_plainly
def set_(name: str) -> None:
    """Keep a secret under NAME, in place of the one that was there. It is asked for, or read from standard input."""
    opened = _vault()
    opened.names()  # with a wrong key nobody need type anything
    secret = click.prompt("Secret", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read()
    if not (secret := secret.strip()):
        raise WrongUse("An empty secret is none.")
    opened.put(name, secret)
    render.err.print(f"{name} is kept in {opened.path}", markup=False)


@vault.command("list", epilog=examples("qcjobs vault list --json"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def list_(as_json: bool) -> None:
    """The names of what is in it. Values are never shown."""
    names = _vault().names()
    if as_json:
        render.print_json(names)
    else:
        for name in names:
            click.echo(name)


@vault.command(epilog=examples("qcjobs vault remove alpaca-token --yes"))
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@told_plainly
def remove(name: str, yes: bool) -> None:
    """Forget a secret."""
    opened = _vault()
    if name not in opened.names():
        raise WrongUse(f"The vault holds no {name!r}. `qcjobs vault list` names what it does.")
    if not yes:
        click.confirm(f"Forget {name}?", abort=True, err=True)
    opened.remove(name)


def _vault() -> Vault:
    return Vault(load_settings().vault_path)
