"""The wheel holds the rooms, and nothing of ours lands outside our own package."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[3]
ROOMS = ("streams", "agents", "replay")


def test_the_wheel_holds_every_module_of_the_rooms(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path)]
    subprocess.run([*command, str(ROOT)], check=True, timeout=110)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {Path(name) for name in ZipFile(wheel).namelist() if name.endswith(".py")}
    written = {
        Path("jimbot_stream") / path.relative_to(ROOT)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
    }
    assert written <= shipped
    assert {path.parts[0] for path in shipped} == {"jimbot_stream"}


def test_the_rooms_are_links_to_the_top_floor() -> None:
    for room in ROOMS:
        link = ROOT / "src" / "jimbot_stream" / room
        assert link.is_symlink(), f"{link} must be a link: clone with core.symlinks=true"
        assert link.resolve() == ROOT / room
