"""Benchmarks: other servers side by side, load tests, and the accuracy of misuse detection."""
