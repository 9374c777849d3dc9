"""Passwords that nobody should have: those of published breaches, and simple changes of them. No network."""

from .validator import NotBreached

__all__ = ["NotBreached"]
