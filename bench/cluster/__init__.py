"""A cluster of processes on loopback addresses, and what clients see of it when parts of it fail."""
