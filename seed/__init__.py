"""The synthetic world: invented people and records for every source."""
