"""The command line, one file per command."""

from api.cli.app import main

__all__ = ["main"]
