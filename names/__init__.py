"""Comparison of people's names: folding, parts, blocking keys, agreement. Pure functions, no input or output."""
