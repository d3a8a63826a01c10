"""Programs from npm, for tests that need somebody else's: installed on demand into a folder, and run by node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

PACKAGES: Final = ("openai@^6.49", "@copilotkit/aimock@^1.43")


class UnavailableError(Exception):
    """There is no node here, or npm cannot install; the message says which."""


def installed(folder: Path) -> Path:
    """`folder`, with a node_modules that has `PACKAGES`; some 8 s the first time.

    Raises:
        UnavailableError: node or npm is missing, or the packages cannot be had.
    """
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        raise UnavailableError(f"{missing[0]} is not installed")
    if (folder / "node_modules").is_dir():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    command = ("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", *PACKAGES)
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError("npm did not end within 180 s") from error
    if done.returncode != 0:
        raise UnavailableError(f"npm ended with {done.returncode}: {(done.stderr or done.stdout)[-1000:]}")
    return folder
