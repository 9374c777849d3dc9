"""The public API and the feeds: what the site shows, for machines. Read-only, without keys or cookies."""
