"""How the cost of a question grows: with people, sources, the world and the journal."""
