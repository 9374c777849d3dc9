"""Sub-commands of `ventanilla`. Each imports Django only when it runs, so that help is instant."""

from collections.abc import Callable


def start_django() -> None:
    """Load settings and apps. Raises ImproperlyConfigured when a setting is missing or misspelt."""
    import django

    django.setup()


def progress_line(label: str, total: int) -> Callable[[], None]:
    """Return a function to call once per step; draws one line on standard error."""
    import sys

    done = 0
    is_terminal = sys.stderr.isatty()

    def step() -> None:
        nonlocal done
        done += 1
        if is_terminal:
            bar = "█" * (done * 30 // total)
            end = "\n" if done == total else "\r"
            print(f"  {label:<28} {bar:<30} {done}/{total}", end=end, file=sys.stderr, flush=True)
        elif done == total or done % max(1, total // 4) == 0:
            print(f"  {label}: {done}/{total}", file=sys.stderr, flush=True)

    return step
