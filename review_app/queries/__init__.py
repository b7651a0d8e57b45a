"""Reads: each takes a session first and returns frozen rows; nothing here changes anything."""
