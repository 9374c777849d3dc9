"""Settings, urls, asgi, the ventanilla command; composes everything, imported by nothing."""
