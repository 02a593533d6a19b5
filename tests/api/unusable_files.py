"""Files that no setting can use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def random_device(path: Path) -> None:
    path.symlink_to("/dev/random")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def loop(path: Path) -> None:
    path.symlink_to(path)


def endless(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


def not_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\n")


FAULTS = (device, random_device, pipe, folder, dangling, loop, endless, not_text)


def put(path: Path, fault: Callable[[Path], None] | bytes) -> None:
    """Replace the file."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    if isinstance(fault, bytes):
        path.write_bytes(fault)
    else:
        fault(path)
