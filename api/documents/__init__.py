"""Trusted documents: read from manifests, checked at the start, and named by the hash of their text."""
