"""How content is written where there is nothing but text: no buttons, no lists."""

from ..contract import Content


def written(content: Content) -> str:
    """The text, then a line for each choice: its code, which the person sends back, and its label."""
    lines = [f"{choice.code} {choice.label}" for choice in content.choices]
    return "\n\n".join(part for part in (content.text, "\n".join(lines)) if part)
