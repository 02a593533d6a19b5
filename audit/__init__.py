"""Journal of every access: entries, hash chain, checkpoints, search, decision replay and misuse detectors."""
