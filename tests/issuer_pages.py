"""The pages of docs/issuers: the settings and the token of each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest

from api.config.environment_file import EnvironmentFile


@dataclass(frozen=True)
class IssuerPage:
    """Page of one issuer. Its settings are lines of a file of settings."""

    name: str
    settings: dict[str, str]
    claims: dict[str, Any]

    @classmethod
    def read(cls, file: Path) -> IssuerPage:
        text = file.read_text("utf-8")
        (settings,) = re.findall(r"^```\n(NEEDTOKNOW_.*?)^```$", text, re.DOTALL | re.MULTILINE)
        (claims,) = re.findall(r"^```json\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
        with NamedTemporaryFile("w", suffix=".env") as copy:
            copy.write(settings)
            copy.flush()
            values = EnvironmentFile.read(Path(copy.name)).values
        return cls(file.stem, dict(values), json.loads(claims))


PAGES = [IssuerPage.read(file) for file in sorted((Path(__file__).parents[1] / "docs" / "issuers").glob("*.md"))]
for_each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
