"""The compiler: office files in, one neutral manuscript per essay, one Word anthology out.

It knows no web framework, no database, no search index, no account and no folder layout.
"""
