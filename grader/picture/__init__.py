"""The picture of a run: a lane for each process and each segment, a row for each thing that
happened. `draw` makes it from witness's facts, `svg`, `mermaid` and `text` show it."""
