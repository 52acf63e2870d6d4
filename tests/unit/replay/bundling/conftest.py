"""An empty data folder."""

from pathlib import Path

import pytest

from tests.support.homes import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)
