"""Bytes outside the database: stored files and the search index."""
