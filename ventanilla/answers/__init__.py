"""Passages, index, languages, asking."""
