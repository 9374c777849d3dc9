"""Environment, errors, registry, text and time: no models, no words of the domain."""
