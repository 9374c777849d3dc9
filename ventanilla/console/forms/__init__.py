"""Forms of the console, by subject."""
