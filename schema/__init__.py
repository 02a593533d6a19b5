"""What can be asked: one file per record kind, the directives, the roots. Knows nothing of HTTP or the journal."""
