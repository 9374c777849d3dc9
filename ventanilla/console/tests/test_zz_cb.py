import re
from . import test_addresses as t
def test_mine(cast, procedure, hotline, agreement, monkeypatch):
    rows = [r for r in t.addresses() if re.match(r"console/cases/(new|paper|callbacks|appointments|groups|<uuid:pk>/(callbacks|appointments)/)", r[0])]
    by_route, everywhere = t.known_arguments(cast, procedure, hotline, agreement)
    clients = {n: t.Client() if n == "nobody" else getattr(cast, n) for n in t.ROLES}
    for route, name, pattern in rows:
        a = t.filled(route, pattern, by_route=by_route, everywhere=everywhere)
        print(f"{route:<60} {' '.join(t._cells(clients, a, name))}")
    assert 0
