"""What can go wrong with a world, in words for whoever asked for it.

WorldError
├── WorldSize        too few people for the demonstration, or more than there are numbers
├── WorldExists      a finished world is there already, and nobody said to overwrite it
├── WorldBusy        another process is writing there
├── WorldUnwritable  the folder or the disk refuses
└── WorldBroken      what is there is not a finished world
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
