"""Public pages rendered once and served as compressed bytes: no Django and no database on the way."""

from ventanilla.web.baked.front import BakedFirst
from ventanilla.web.baked.page import BakedPage, bake
from ventanilla.web.baked.store import BakedStore

__all__ = ["BakedFirst", "BakedPage", "BakedStore", "bake"]
