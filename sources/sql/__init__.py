"""SQL that is rendered from expressions, for the dialects that sources speak."""
