"""What else one would take: the same questions, each answered as the other's own documentation recommends."""
