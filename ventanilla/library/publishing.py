"""The end of the workflow. Wagtail imports this module before its own models: nothing heavy at the top."""

from django.core.exceptions import PermissionDenied


def publish_approved(workflow_state, user=None):
    """Publish the very version that was approved, by somebody who may. Called by Wagtail alone."""
    from .workflows import may_approve

    state = workflow_state.current_task_state
    if state is None or user is None:
        raise PermissionDenied
    revision = state.revision
    if not may_approve(revision.content_object, user):
        raise PermissionDenied
    revision.publish(user=user, skip_permission_checks=True)
