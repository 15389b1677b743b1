"""What a class hands in, in the shapes in which learning platforms give it out."""
