"""Data folders of servers under test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from resolvers.catalogue import NAMES


def fresh_data_folder(world: Path, folder: Path) -> Path:
    """A new data folder with an empty journal. Its sources are hard links to the world's files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("world.json", *(f"{source}.db" for source in NAMES)):
        os.link(world / name, folder / name)
    return folder
