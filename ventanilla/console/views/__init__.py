"""Plain function views in Wagtail's frame, by subject. Each reaches rows through `console.doors` alone."""
