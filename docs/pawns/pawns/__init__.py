"""Missing persons: a record system beside those of needtoknow."""
