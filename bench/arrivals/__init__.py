"""The open-loop load: arrivals at a constant rate, whoever still waits. Knows the server as its clients do."""
