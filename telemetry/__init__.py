"""Traces and metrics: recording, the allow-list, and export."""
