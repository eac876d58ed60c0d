"""Loops that move mail on; each owns its transactions."""
