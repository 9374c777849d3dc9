"""How well and how fast questions are answered; see docs/reference/answers.md."""

from ventanilla.answers.bench import main

__all__ = ["main"]
