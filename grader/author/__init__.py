"""`make new-exercise NAME=..`: lays out the folders of an exercise, from template/."""
