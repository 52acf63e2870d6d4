"""Settings come from the environment, once, and say what is wrong with it."""

from pathlib import Path

import pytest

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
