"""What the server sends is HTML as it should be."""

import shutil
import subprocess
from pathlib import Path

from portal.settings import ROOT
from tests.browser.walking import LOCALES, Walk
from tests.walk.listing import PAGES

NU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
HTML_VALIDATE = ROOT / "node_modules" / ".bin" / "html-validate"
RULES = ROOT / "static" / "htmlvalidate.cjs"


def test_every_page_is_valid(walk: Walk, tmp_path: Path):
    """By the W3C's own checker, where there is Java to run it; else by html-validate."""
    files = [tmp_path / f"{language} {listed.name}.html" for language in LOCALES for listed in PAGES]
    pages = [walk.plain(listed, language) for language in LOCALES for listed in PAGES]
    for file, page in zip(files, pages, strict=True):
        file.write_bytes(page.markup)
    if shutil.which("java"):
        checker = ["java", "-jar", str(NU), "--errors-only", "--format", "gnu"]
    else:
        checker = [str(HTML_VALIDATE), "--config", str(RULES)]

    done = subprocess.run([*checker, *map(str, files)], capture_output=True, text=True, check=False)

    assert done.stdout + done.stderr == ""
    assert done.returncode == 0
