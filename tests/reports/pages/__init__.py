"""A package with one template."""
