"""Variables that nobody reads are found, and those that somebody reads are left alone."""

import pytest

from cli.variables import misspelt


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("QCJOBS_REDIS_URI", "QCJOBS_REDIS_URL"),
        ("QCJOBS_DATABASEURL", "QCJOBS_DATABASE_URL"),
        ("QCJOBS_DISPATCH_LOOK_AHEAD", "QCJOBS_DISPATCH__LOOK_AHEAD"),
        ("QCJOBS_WORKER_LOG_LEVEL", "QCJOBS_WORKER__LOG_LEVEL"),
        ("QCJOBS_REDIS_PASSWORDFILE", "QCJOBS_REDIS_PASSWORD_FILE"),
        ("QCJOBS_PLATFORMS_QUANTCONNECT_TIMEOUT", "QCJOBS_PLATFORMS__QUANTCONNECT__TIMEOUT"),
    ],
)
def test_a_variable_with_a_wrong_letter_names_the_right_one(written: str, meant: str) -> None:
    """Read past in silence, it costs an afternoon."""
    assert misspelt({written: "x"}) == {written: meant}


@pytest.mark.parametrize(
    "name",
    ["QCJOBS_HOME", "QCJOBS_FLOWER_PASSWORD_FILE", "QCJOBS_VAULT_KEY", "QCJOBS_DISPATCH__LOOK_AHEAD", "QCJOBS_PUBLISH"],
)
def test_what_somebody_reads_is_no_slip(name: str) -> None:
    """Those with two underscores are refused where settings are read, if there is no such setting."""
    assert misspelt({name: "x"}) == {}


@pytest.mark.parametrize("name", ["QCJOBS_WEBHOOK_KEY", "QCJOBS_ALPACA_TOKEN", "REDIS_URL", "PATH"])
def test_a_name_of_somebodys_own_is_left_alone(name: str) -> None:
    """Secrets have names that the configuration chooses."""
    assert misspelt({name: "x"}) == {}
