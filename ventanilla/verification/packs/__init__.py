"""Country packs: reading and checking files, planning what changes, writing it all or nothing."""
