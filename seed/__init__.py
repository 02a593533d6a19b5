"""The synthetic world: people and records that nobody ever had. Knows nothing of who asks."""
