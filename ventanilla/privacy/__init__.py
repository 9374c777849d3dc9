"""Sealing and keys, consent, retention, erasure, access log, incidents: what protects people who ask."""
