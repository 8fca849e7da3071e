"""What is installed and shipped: locked packages, the built style sheet, the wheel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import s11audit
from s11audit import paths

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(ROOT.glob("requirements*.txt"))


def relative_luminance(colour: str) -> float:
    """Lightness of `#rrggbb` from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, from 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted([relative_luminance(one), relative_luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def palette() -> dict[str, str]:
    """Colours of the style sheet by name."""
    source = (ROOT / "s11audit/web/assets/_palette.scss").read_text()
    return dict(re.findall(r"^\$([a-z-]+): (#[0-9a-f]{6});", source, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_one_version_and_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    requirements = text.replace("\\\n", " ").splitlines()
    assert requirements
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []
    assert "://" not in text


def test_the_lock_of_the_style_sheet_has_hashes_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []
    assert "://" not in text


def test_the_version_is_said_once_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == s11audit.__version__


@pytest.mark.parametrize("reserved", ["gds transport", "crest", "crown", "@font-face", "url("])
def test_the_style_sheet_holds_nothing_that_is_reserved_to_gov_uk(reserved: str) -> None:
    style_sheet = (paths.STATIC_BUILT / "s11audit.css").read_text().lower()
    assert reserved not in style_sheet


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("red-text", "red"),
        ("red-text", "red-stripe"),
        ("amber-text", "amber"),
        ("amber-text", "amber-dot"),
        ("green-text", "green"),
    ],
)
def test_a_rating_can_be_read_on_every_part_of_its_pattern(text: str, ground: str) -> None:
    colours = palette()
    assert contrast(colours[text], colours[ground]) >= 7


def test_ratings_differ_in_greyscale() -> None:
    colours = palette()
    lightness = [relative_luminance(colours[name]) for name in ("red", "amber", "green")]
    assert lightness == sorted(lightness)
    assert contrast(colours["red"], colours["amber"]) >= 3
    assert contrast(colours["amber"], colours["green"]) >= 1.15


def test_the_wheel_carries_words_layouts_and_built_pages(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
    built = ("s11audit.css", "govuk-frontend.min.js")
    expected = {f"s11audit/web/static/dist/{name}" for name in built}
    for folder in (paths.QUESTIONNAIRES, paths.TEMPLATES, paths.EXPORTS):
        files = [file for file in folder.rglob("*") if file.is_file() and "__" not in file.name]
        assert files, f"{folder.name} is empty"
        expected |= {f"s11audit/_data/{file.relative_to(paths.DATA).as_posix()}" for file in files}
    assert expected - shipped == set()
