"""Workbooks and charts: rows in, bytes or a stream out. Layouts lie in `exports/`, beside."""
