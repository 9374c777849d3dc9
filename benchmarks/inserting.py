"""How many rows of received messages a database takes when nothing but SQL is in the way.

    python -m benchmarks.inserting SECONDS THREADS

The same columns and sizes as a real row, one commit a row, as many processes and connections as the
hooks have. Prints how many were inserted.
"""

import sys
import threading
import time
from uuid import uuid4


def main(arguments: list[str]) -> None:
    import django

    django.setup()
    from django.db import connection

    from ventanilla.channels.models import Inbound

    seconds, threads = float(arguments[0]), int(arguments[1])
    row = Inbound.objects.order_by("received_at", "pk").values_list().first()
    columns = [field.column for field in Inbound._meta.concrete_fields]
    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {Inbound._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
    values = _prepared(Inbound, row)
    places = {name: columns.index(name) for name in ("id", "external_id", "payload")}
    done: list[int] = []
    ends = time.monotonic() + seconds

    def insert() -> None:
        count = 0
        with connection.cursor() as cursor:
            while time.monotonic() < ends:
                cursor.execute(sql, _changed(values, places, vendor=connection.vendor))
                count += 1
        connection.close()
        done.append(count)

    running = [threading.Thread(target=insert) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    print(sum(done))


def _prepared(model: object, row: tuple[object, ...]) -> list[object]:
    from django.db import connection

    fields = model._meta.concrete_fields  # type: ignore[attr-defined]
    return [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]


def _changed(values: list[object], places: dict[str, int], *, vendor: str) -> list[object]:
    made, key = list(values), uuid4()
    made[places["id"]] = key if vendor == "postgresql" else key.hex
    made[places["external_id"]] = f"wamid.{key.hex}"
    made[places["payload"]] = values[places["payload"]] or b"x" * 350
    return made


if __name__ == "__main__":
    main(sys.argv[1:])
