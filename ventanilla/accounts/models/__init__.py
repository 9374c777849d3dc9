from .attempts import Attempts, SpentCode
from .invitations import Invitation
from .ministry import RoleOfMinistry
from .sessions import StaffSession
from .undertakings import Undertaken
from .users import User, UserManager

__all__ = [
    "Attempts",
    "Invitation",
    "RoleOfMinistry",
    "SpentCode",
    "StaffSession",
    "Undertaken",
    "User",
    "UserManager",
]
