"""Go through the access log row by row and name what was changed, taken out, added or put back.

Exits with 1 when something is wrong that no restore explains, else with 0.
"""

import argparse

from . import progress_line, start_django

HELP = "look for tampering in the access log"
ROWS_A_STEP = 2000


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.utils import timezone

    from ventanilla.privacy import tampering
    from ventanilla.privacy.models import AccessEntry

    count = AccessEntry.objects.count()
    step = progress_line("Access log", count // ROWS_A_STEP + 1)
    damages = list(tampering.verify(progress=lambda _done: step()))
    for damage in damages:
        print(damage)
    if not all(damage.is_explained for damage in damages):
        return 1
    tampering.note_ends(at=timezone.now())
    print(f"The {count} entries of the access log are as they were written.")
    return 0
