"""Migrations of the database, numbered; the head equals the models."""
