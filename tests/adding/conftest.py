"""A copy of the kit in git, which an author adds to; an added exercise has the same."""

from tests.classroom.test_new_exercise import kit_fixture, make_fixture

__all__ = ["kit_fixture", "make_fixture"]
