"""Pure values and decisions: standard library only, no clock, no chance, no I/O."""
