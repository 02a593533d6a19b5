"""A scene of the pictures, and the digest of what its pictures are made from."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from playwright.async_api import Page

from tests.system.server import DemoServer

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Scene:
    """Something a reader sees, in some themes.

    visit:     opens it on a page. It returns when all is there.
    width, height, scale: of the window in CSS pixels, and pixels of the picture for each.
    themes:    `light`, `dark` or both; each is a picture.
    made_from: files, as globs from the checkout. If one of them changes, the pictures are not current.
    """

    name: str
    visit: Callable[[Page, DemoServer], Awaitable[None]]
    width: int
    height: int
    scale: float
    themes: tuple[str, ...]
    made_from: tuple[str, ...]

    def picture(self, theme: str) -> str:
        """File name, `graphiql-dark.webp`; without the theme if there is only one."""
        return f"{self.name}{f'-{theme}' if len(self.themes) > 1 else ''}.webp"

    def sources(self, root: Path = CHECKOUT) -> list[Path]:
        """Sorted. Raises: FileNotFoundError if a glob finds no file."""
        found: set[Path] = set()
        for pattern in self.made_from:
            files = {path for path in root.glob(pattern) if path.is_file() and "__pycache__" not in path.parts}
            if not files:
                raise FileNotFoundError(f"{self.name} is made from {pattern}, and there is no such file")
            found |= files
        return sorted(found)

    def digest(self, root: Path = CHECKOUT) -> str:
        """SHA-256 over the visit, the size, the themes, and the names and contents of the sources."""
        total = sha256(inspect.getsource(self.visit).encode())
        total.update(f"{self.width} {self.height} {self.scale} {self.themes}".encode())
        for path in self.sources(root):
            total.update(f"{path.relative_to(root).as_posix()} {sha256(path.read_bytes()).hexdigest()}\n".encode())
        return total.hexdigest()
