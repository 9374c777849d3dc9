"""The public site, its look, offline pack."""
