"""Errors of writing or reading a world.

WorldError
├── WorldSize        too few people for the demonstration, or more than there are ids
├── WorldExists      a finished world exists, and overwriting was not requested
├── WorldBusy        another process is writing there
├── WorldUnwritable  the folder or the disk refuses
└── WorldBroken      the files are not a finished world
"""

from __future__ import annotations


class WorldError(Exception):
    """Its text is one line that says what to do."""


class WorldSize(WorldError):
    pass


class WorldExists(WorldError):
    pass


class WorldBusy(WorldError):
    pass


class WorldUnwritable(WorldError):
    pass


class WorldBroken(WorldError):
    pass
