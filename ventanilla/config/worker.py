"""The background worker: Django's tasks, once a day what has run out, and reminders of appointments."""

import logging
import os
import sys
import threading

import django
from django.core.management import execute_from_command_line

logger = logging.getLogger(__name__)

# Seconds between looks whether the day's work is still to be done, and whom to remind.
LOOK = 600.0


def main() -> None:
    """Run until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    django.setup()
    threading.Thread(target=_every_day, name="daily", daemon=True).start()
    execute_from_command_line([sys.argv[0], "db_worker", *sys.argv[1:]])


def _every_day() -> None:
    stopped = threading.Event()
    while True:
        look()
        stopped.wait(LOOK)


def look() -> None:
    """Do the work of the day unless it is done, and remind; what fails is tried at the next look."""
    from django.db import Error, connections
    from django.utils import timezone

    from ventanilla.enquiries import appointment_notices
    from ventanilla.privacy import retention

    try:
        retention.run_of_the_day(now=timezone.now)
        appointment_notices.remind_all(at=timezone.now())
    except Error:
        logger.exception("The work of the day failed")
    finally:
        connections.close_all()


if __name__ == "__main__":
    main()
