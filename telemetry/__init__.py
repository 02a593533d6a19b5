"""Traces and metrics: how they are made, what they may say, and where they go."""
