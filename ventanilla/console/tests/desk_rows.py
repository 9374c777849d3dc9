"""What the desk of Upala keeps beside its cases, to fill addresses with: a line, a letter, a question."""

from django.utils import timezone

from ventanilla.channels.models import Outbound
from ventanilla.enquiries import actions, consulting
from ventanilla.enquiries.models import CannedAnswer, Enquiry, Message, SavedView
from ventanilla.enquiries.tests.factories import a_channel, writes
from ventanilla.hubs.models import Hub


def of_the_lines(cast):
    """Arguments of the addresses beside the cases, by how the address starts."""
    hub, luis, at = Hub.objects.get(ref="cr-hub-upala"), cast.user("luis"), timezone.now()
    line = a_channel(hub)
    writes(line, "50688880000", "sentinel me quitaron el pasaporte")
    enquiry = Enquiry.objects.get(channel=line)
    letter = actions.reply(enquiry=enquiry, author=luis, body="sentinel venga el lunes", at=at)
    Outbound.objects.filter(message=letter).update(state=Outbound.State.FAILED)
    ready = CannedAnswer.objects.create(
        country="cr", hub=hub, title="Horario", texts={"es": "Abrimos a las ocho."}, created_at=at
    )
    kept = SavedView.objects.create(owner=luis, name="Solo lo mío", query={"mine": "on"}, created_at=at)
    question = consulting.ask_colleagues(
        enquiry=enquiry, question="¿Sigue vigente el permiso especial?", hub=None, by=luis, at=at
    )
    return {
        "channels/": {"pk": line.pk, "deed": "pause"},
        "cases/undelivered/": {"pk": letter.pk},
        "cases/corrected/": {"pk": Message.objects.filter(enquiry=enquiry).earliest("at").pk},
        "cases/ready-answers/": {"pk": ready.pk},
        "cases/views/": {"pk": kept.pk},
        "questions/": {"pk": question.pk},
    }
