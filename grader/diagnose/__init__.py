"""Diagnosis: the name of a mistake, from the facts, for the head of the report."""

from grader.diagnose.case import Case, Diagnosis
from grader.diagnose.notes import notes
from grader.diagnose.rules import diagnose

__all__ = ["Case", "Diagnosis", "diagnose", "notes"]
