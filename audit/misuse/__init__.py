"""Misuse detectors over the journal. They use record ids, users and times; the journal holds no values of records."""
