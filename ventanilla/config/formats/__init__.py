"""Dates of Haitian Creole, which Django lacks; without them it would say "marzo 4, 2026"."""
