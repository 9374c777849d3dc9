"""Topics, procedures, guides, risks, rumours and alerts as Wagtail pages."""
