"""Rows of enquiries, one file a subject."""

from .appointments import Appointment, AppointmentBook, AppointmentQuerySet
from .cases import (
    Attachment,
    AttachmentQuerySet,
    Enquiry,
    EnquiryQuerySet,
    Identity,
    Message,
    MessageQuerySet,
    Note,
    NoteQuerySet,
    Person,
    PersonQuerySet,
    StateChange,
    in_reach,
    return_digest,
)
from .coding import Coding
from .desk import Absence, CannedAnswer, Consultation, DeskSetting, Presence, Retold, SavedView
from .file_problems import FileProblem
from .group_sessions import GroupSession, GroupSessionQuerySet, HeadCount
from .helped import HelpQuestion, HelpQuestionQuerySet
from .interpreters import (
    InterpreterRequest,
    InterpreterRequestQuerySet,
    InterpreterService,
    InterpreterServiceQuerySet,
    StaffLanguage,
)
from .promises import CallAttempt, Callback, CallbackQuerySet
from .referrals import (
    PART_OF,
    Agreement,
    AgreementQuerySet,
    Receiver,
    ReceiverQuerySet,
    Referral,
    ReferralQuerySet,
    ReferralStep,
    Shared,
)

__all__ = [
    "SavedView",
    "Retold",
    "Presence",
    "DeskSetting",
    "Consultation",
    "CannedAnswer",
    "Absence",
    "Coding",
    "PART_OF",
    "Agreement",
    "AgreementQuerySet",
    "Appointment",
    "AppointmentBook",
    "AppointmentQuerySet",
    "Attachment",
    "AttachmentQuerySet",
    "CallAttempt",
    "Callback",
    "CallbackQuerySet",
    "Enquiry",
    "EnquiryQuerySet",
    "FileProblem",
    "GroupSession",
    "GroupSessionQuerySet",
    "HeadCount",
    "HelpQuestion",
    "HelpQuestionQuerySet",
    "Identity",
    "InterpreterRequest",
    "InterpreterRequestQuerySet",
    "InterpreterService",
    "InterpreterServiceQuerySet",
    "Message",
    "MessageQuerySet",
    "Note",
    "NoteQuerySet",
    "Person",
    "PersonQuerySet",
    "Receiver",
    "ReceiverQuerySet",
    "Referral",
    "ReferralQuerySet",
    "ReferralStep",
    "Shared",
    "StaffLanguage",
    "StateChange",
    "in_reach",
    "return_digest",
]
