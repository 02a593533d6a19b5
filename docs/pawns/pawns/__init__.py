"""Pawned items: a record system beside those of needtoknow."""
