"""Readers: any accepted office file becomes a `Reading`."""
