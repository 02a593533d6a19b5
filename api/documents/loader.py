"""Loading of trusted documents: all manifests whole, or none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from api.config.document_settings import DocumentSettings
from api.config.setting import variable
from api.documents.manifest import InvalidManifest, ManifestDocument, parse_manifest
from api.documents.trusted_document import DocumentCheck, TrustedDocument, check_names
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from filesystem.regular_file import read_bounded

MAX_FILES = 256
MAX_FILE_BYTES = 16 * 2**20

TrustedById = Mapping[str, TrustedDocument]


class DocumentLoader:
    """Loads the documents that the settings name.

    Raises: InvalidManifest, from `load`, with the first fault and the number of the others.
    """

    def __init__(self, settings: DocumentSettings, schema: GuardedSchema, limits: Limits) -> None:
        self._settings = settings
        self._schema = schema
        self._limits = limits

    def load(self, previous: TrustedById | None = None) -> TrustedById:
        """The documents by id. One that `previous` has too is not checked again: its text is the same."""
        known = previous or {}
        check = DocumentCheck(self._schema, self._limits)
        documents: dict[str, TrustedDocument] = {}
        faults: list[str] = []
        free_bytes = self._settings.documents_mebibytes << 20
        for each in self._given():
            try:
                if each.id not in documents:
                    documents[each.id] = known.get(each.id) or check.trusted(each)
                    free_bytes -= documents[each.id].document.size
                check_names(documents[each.id], each)
            except InvalidManifest as fault:
                faults.append(str(fault))
            if free_bytes < 0:
                limit = f"{self._settings.documents_mebibytes:,} MiB of {variable('documents_mebibytes')}"
                raise InvalidManifest(f"{each.origin}: the trusted documents so far need more than the {limit}.")
        if faults:
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            raise InvalidManifest(f"{faults[0]}{more}")
        return documents

    def stamps(self) -> tuple[object, ...]:
        """Names, times, sizes and inodes of the files: they differ after a change."""
        return tuple(_stamp(path) for path in (*map(Path, self._settings.documents), *self._listed()))

    def _given(self) -> list[ManifestDocument]:
        files = self._files()
        given: list[ManifestDocument] = []
        for file in files:
            try:
                content = read_bounded(file, MAX_FILE_BYTES)
            except OSError as error:
                raise InvalidManifest(f"{file} cannot be read: {error.strerror}.") from None
            given += parse_manifest(content, str(file))
            if len({each.id for each in given}) > self._settings.documents_limit:
                limit = f"{self._settings.documents_limit:,} of {variable('documents_limit')}"
                raise InvalidManifest(f"{file}: there are more trusted documents than the {limit}.")
        return given

    def _files(self) -> Sequence[Path]:
        files = self._listed()
        for path in map(Path, self._settings.documents):
            if path.is_dir() and not any(file.parent == path for file in files):
                raise InvalidManifest(f"{path} has no manifest: no file whose name ends with .json.")
        if len(files) > MAX_FILES:
            raise InvalidManifest(f"There are more than {MAX_FILES} manifests.")
        return files

    def _listed(self) -> list[Path]:
        """The files, and those of the folders whose names end with .json and do not begin with a dot."""
        found: dict[Path, None] = {}
        for path in map(Path, self._settings.documents):
            try:
                files = sorted(path.iterdir())
            except OSError:
                # A file, or nothing: reading it will tell.
                found[path] = None
                continue
            found |= {file: None for file in files if file.suffix == ".json" and not file.name.startswith(".")}
        return list(found)


@lru_cache(maxsize=4)
def load_own(manifest: Path, schema: GuardedSchema, limits: Limits) -> TrustedById:
    """The documents of a page that this server serves. They change only when it is installed anew.

    Raises: InvalidManifest, also if one of them is over the limits.
    """
    return DocumentLoader(DocumentSettings(documents=(str(manifest),)), schema, limits).load()


def _stamp(path: Path) -> tuple[object, ...]:
    try:
        status = path.stat()
    except OSError:
        return str(path), None
    return str(path), status.st_mtime_ns, status.st_size, status.st_ino
