"""The essay contest of a petition bureau: hand in, review blind, search, rank, compile."""
