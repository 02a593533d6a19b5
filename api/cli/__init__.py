"""The command line, one file per command. It knows the rooms and no rule of its own."""

from api.cli.app import main

__all__ = ["main"]
