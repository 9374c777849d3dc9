"""Benchmarks, run by `ventanilla bench NAME`; each prints one JSON object of figures as its last line."""
