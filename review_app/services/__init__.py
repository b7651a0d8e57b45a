"""Acts: each changes something inside one Work, enforces the permission first, and writes the audit entry."""
