"""Recall of the search by name: which people it finds by a name written in another way."""
