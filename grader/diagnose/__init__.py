"""Diagnosis: from the facts to the name of a mistake, for the top of the report."""

from grader.diagnose.case import Case, Diagnosis
from grader.diagnose.notes import notes
from grader.diagnose.rules import diagnose

__all__ = ["Case", "Diagnosis", "diagnose", "notes"]
