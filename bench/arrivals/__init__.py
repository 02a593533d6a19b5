"""Open-loop load test: requests arrive at a constant rate, however long earlier ones take."""
