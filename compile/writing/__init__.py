"""Writers: one manifest becomes a book."""
