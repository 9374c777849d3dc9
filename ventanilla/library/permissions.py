"""What may be done to a page beyond Wagtail's own rules. Wagtail asks these objects in every view."""

from wagtail.models import PagePermissionTester

from ventanilla.verification.models import FOUR_EYES


class FrameTester(PagePermissionTester):
    """For homes, countries and topics: they frame the facts and are nobody's to change."""

    def can_edit(self):
        return self.user.is_superuser and super().can_edit()

    def can_delete(self, ignore_bulk=False):
        return False

    def can_publish(self):
        return self.user.is_superuser and super().can_publish()

    def can_unpublish(self):
        return False

    def can_copy(self):
        return False

    def can_reorder_children(self):
        return False

    def can_set_view_restrictions(self):
        return False

    def can_publish_subpage(self):
        # A page is started as a draft with its fact; it is never made and published in one go.
        return False

    def can_lock(self):
        return False

    def can_submit_for_moderation(self):
        return False


class FactTester(FrameTester):
    """For pages that tell a fact: nobody publishes a legal or procedural one past the second pair of eyes."""

    def can_edit(self):
        return PagePermissionTester.can_edit(self)

    def can_publish(self):
        if self.page.specific.fact.kind in FOUR_EYES:
            return False
        return PagePermissionTester.can_publish(self) and not self.page.workflow_in_progress

    def can_unpublish(self):
        return PagePermissionTester.can_unpublish(self)

    def can_submit_for_moderation(self):
        return PagePermissionTester.can_submit_for_moderation(self)

    def can_delete(self, ignore_bulk=False):
        """A draft that people never saw may go; what was public is hidden or unpublished instead."""
        if self.page.live or self.page.first_published_at:
            return False
        return PagePermissionTester.can_delete(self, ignore_bulk=ignore_bulk)

    def can_move(self):
        return False
