"""What the store remembers, for whoever asks: history, events, coverage, versions. Only reads.

Nothing here depends on the writer's memory: everything is read of the tables, through a connection
that sees one state throughout.
"""
