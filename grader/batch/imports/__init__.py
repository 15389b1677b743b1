"""What a download is read with, whichever platform gave it: folders, archives, repositories, and
the exercises that are found in them.
"""
