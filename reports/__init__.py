"""HTML pages and charts shared by reports."""
