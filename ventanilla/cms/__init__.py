"""Abstract base page, blocks and language helpers."""
