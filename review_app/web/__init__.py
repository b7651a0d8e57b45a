"""The web shell: one package per audience; a view parses a form, calls one service or query, renders or redirects."""
