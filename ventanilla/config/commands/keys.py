"""Look after the keys under which everything people tell is sealed. See docs/runbooks/keys.md."""

import argparse
import base64
import os
import sys
from pathlib import Path

from . import progress_line, start_django

HELP = "show, make, rotate and copy the keys under which words are sealed"


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("new-master", help="print a new master key; changes nothing")
    actions.add_parser("show", help="how many keys of which scope under which master key; no key itself")
    actions.add_parser("rotate-master", help="wrap every scope key by MASTER_KEY instead of the former one")
    rotate = actions.add_parser("rotate-hub", help="give hubs new keys and wrap their data keys anew")
    rotate.add_argument("hub", nargs="?", help="reference of a hub, as in cr-hub-upala")
    rotate.add_argument("--all", action="store_true", help="every hub, every country and the network")
    actions.add_parser("tidy", help="finish destructions that were interrupted; forget former keys")
    copy = actions.add_parser("copy", help="copy the key store into a file, in place of the former copy")
    copy.add_argument("file", type=Path)
    back = actions.add_parser("put-back", help="fill the key store from a copy, and destroy again what was")
    back.add_argument("file", type=Path)
    back.add_argument("--replace", action="store_true", help="lose keys that are not in the copy")


def run(options: argparse.Namespace) -> int:
    if options.action == "new-master":
        # Production does not start without a master key, so the first one is made without starting.
        print(base64.b64encode(os.urandom(32)).decode())
        return 0
    start_django()
    return {
        "show": _show,
        "rotate-master": _rotate_master,
        "rotate-hub": _rotate_hub,
        "tidy": _tidy,
        "copy": _copy,
        "put-back": _put_back,
    }[options.action](options)


def _refuse(sentence: str) -> int:
    print(f"ventanilla keys: {sentence}", file=sys.stderr)
    return 1


def _show(options: argparse.Namespace) -> int:
    from django.db.models import Count, Q

    from ventanilla.privacy.sealing.masters import master
    from ventanilla.privacy.sealing.rows import DataKey, ScopeKey

    print(f"Master key {master().id}")
    living = Count("data_keys", filter=Q(data_keys__destroyed_at=None))
    for row in ScopeKey.objects.annotate(living=living).order_by("scope", "version"):
        note = "" if row.master_id == master().id else f", still under master key {row.master_id}"
        former = ", former" if row.retired_at else ""
        print(f"{row.scope} version {row.version}{former}: {row.living} data keys{note}")
    print(f"{DataKey.objects.exclude(destroyed_at=None).count()} data keys destroyed")
    return 0


def _rotate_master(options: argparse.Namespace) -> int:
    from ventanilla.privacy.sealing import rotation
    from ventanilla.privacy.sealing.masters import UnknownMaster

    waiting = rotation.under_former_master().count()
    try:
        done = rotation.rotate_master(step=progress_line("Wrapping scope keys", waiting))
    except UnknownMaster as which:
        return _refuse(f"master key {which} is not here: give it as MASTER_KEY_FORMER.")
    print(f"{done} scope keys were wrapped by the master key of today. MASTER_KEY_FORMER can be removed.")
    return 0


def _rotate_hub(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from ventanilla.privacy.sealing import rotation
    from ventanilla.privacy.sealing.rows import DataKey, ScopeKey

    if bool(options.hub) == options.all:
        return _refuse("name a hub, as in cr-hub-upala, or say --all.")
    rows = ScopeKey.objects.all() if options.all else ScopeKey.objects.filter(scope=f"hub:{options.hub}")
    scopes = list(rows.order_by("scope").values_list("scope", flat=True).distinct())
    if not scopes:
        return _refuse("nothing is sealed there yet, so there is nothing to rotate.")
    total = DataKey.objects.filter(scope_key__scope__in=scopes, destroyed_at=None).count()
    step = progress_line("Wrapping data keys", total)
    done = sum(rotation.rotate_scope(scope, at=timezone.now(), step=step) for scope in scopes)
    print(f"{done} data keys were wrapped by new keys of {len(scopes)} scopes.")
    return 0


def _tidy(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from ventanilla.privacy.sealing import rotation
    from ventanilla.privacy.sealing.destruction import finish_destructions

    finished, dropped = finish_destructions(), rotation.drop_retired(at=timezone.now())
    print(f"{finished} destructions finished, {dropped} former keys forgotten.")
    return 0


def _copy(options: argparse.Namespace) -> int:
    from ..key_copies import CopyRefused, copy_keys

    try:
        count = copy_keys(options.file)
    except CopyRefused as refusal:
        return _refuse(str(refusal))
    print(f"{options.file}: {count} wrapped keys. Without the master key nobody can use them, you neither.")
    return 0


def _put_back(options: argparse.Namespace) -> int:
    from ..key_copies import CopyRefused, put_back

    try:
        count, destroyed = put_back(options.file, replace=options.replace)
    except CopyRefused as refusal:
        return _refuse(str(refusal))
    print(f"{count} keys are back; {destroyed} of them had been destroyed since and are again.")
    return 0
