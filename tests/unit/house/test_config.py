"""Settings come from the environment, once, and say what is wrong with it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from jimbot_stream.cli import main
from jimbot_stream.config import Settings, from_environment


def test_an_empty_environment_gives_the_defaults() -> None:
    assert from_environment({}) == Settings()


def test_a_setting_takes_the_type_of_its_default() -> None:
    settings = from_environment({"JIMBOT_PARTITIONS": "8", "JIMBOT_DATA": "/somewhere"})
    assert settings.partitions == 8
    assert settings.log_file == Path("/somewhere/events.sqlite")


def test_a_malformed_setting_is_named() -> None:
    with pytest.raises(ValueError, match="JIMBOT_PARTITIONS='many' is not of type int"):
        from_environment({"JIMBOT_PARTITIONS": "many"})


@pytest.mark.parametrize("port", ["-1", "99999"])
def test_a_port_that_cannot_be_is_named(port: str) -> None:
    with pytest.raises(ValueError, match=f"JIMBOT_WEB_PORT='{port}' is not between 0 and 65535"):
        from_environment({"JIMBOT_WEB_PORT": port})


def test_a_command_tells_a_malformed_setting_in_one_line() -> None:
    result = CliRunner().invoke(main, ["topics"], env={"JIMBOT_PARTITIONS": "0"})
    assert result.exit_code == 1
    assert result.output == "Error: JIMBOT_PARTITIONS='0' is not between 1 and 10000\n"
