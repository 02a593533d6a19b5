"""Benchmark of the misuse detectors: synthetic inquiries, misuse planted among them, and the findings."""
