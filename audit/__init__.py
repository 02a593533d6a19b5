"""The journal: who asked what, why, and what left. It knows callers and rules by name only, and no record."""
