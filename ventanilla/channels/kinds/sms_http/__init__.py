"""SMS through any gateway with an HTTP interface, described by the channel's configuration alone."""
