"""The corpus of right and wrong submissions: what each says of itself, and what comes out."""
