"""Numbers as people type them: one module for each kind, with its normal form, for asking and for storing alike."""
