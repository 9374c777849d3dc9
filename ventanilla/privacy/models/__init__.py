"""Rows of privacy, one file a subject; those of the key store stand beside the sealing."""

from ..sealing.rows import DataKey, DestructionCertificate, LookupKey, ScopeKey
from .access import AccessChain, AccessEntry
from .assessments import ChannelAssessment
from .compliance import Complaint, ProtectionException
from .consent import Consent, ConsentText
from .exports import ExportRequest
from .files import SealedFile, SealedPiece
from .glass import Break
from .incidents import Incident, IncidentEntry
from .legal import LegalRequest
from .requests import PersonRequest
from .retention import Hold, Period, RetentionRun
from .sensitivity import Sensitivity

__all__ = [
    "AccessChain",
    "AccessEntry",
    "Break",
    "ChannelAssessment",
    "Complaint",
    "Consent",
    "ConsentText",
    "DataKey",
    "DestructionCertificate",
    "ExportRequest",
    "Hold",
    "Incident",
    "IncidentEntry",
    "LegalRequest",
    "LookupKey",
    "Period",
    "PersonRequest",
    "ProtectionException",
    "RetentionRun",
    "ScopeKey",
    "SealedFile",
    "SealedPiece",
    "Sensitivity",
]
