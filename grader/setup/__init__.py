"""What the kit needs of a machine, and how it comes there."""
