"""Who may confirm, hide and change which fact."""

from dataclasses import dataclass
from typing import Any

from ventanilla.hubs.rights import Reach, Right, reach

from .models import FOUR_EYES, Fact, Kind


@dataclass(frozen=True, slots=True)
class Powers:
    """What one person may do to facts; read once a request, asked once a row."""

    confirm: Reach
    approve: Reach
    propose: Reach
    hub: Reach

    @classmethod
    def of(cls, user: Any) -> "Powers":
        return cls(
            *(reach(user, right) for right in (Right.CONFIRM, Right.APPROVE, Right.PROPOSE, Right.HUB))
        )

    def may_confirm(self, fact: Fact) -> bool:
        """Legal and procedural facts are the national authority's to confirm, a hub also its own people's."""
        if fact.kind in FOUR_EYES:
            return self.approve.covers(fact.country_id)
        return self.confirm.covers(fact.country_id) or self._is_own_hub(fact)

    def may_approve(self, fact: Fact) -> bool:
        return self.approve.covers(fact.country_id)

    def may_change(self, fact: Fact) -> bool:
        """Change, or propose a change of, what people read; and hide it."""
        return self.propose.covers(fact.country_id) or self._is_own_hub(fact)

    def may_change_sources(self, fact: Fact) -> bool:
        """Who says so is part of a legal or procedural fact: that is changed by those who may confirm it."""
        return self.may_confirm(fact) if fact.kind in FOUR_EYES else self.may_change(fact)

    def _is_own_hub(self, fact: Fact) -> bool:
        return fact.kind == Kind.HUB and self.hub.covers(fact.country_id, hub=fact.ref)
