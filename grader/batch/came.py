"""handed_in.csv: every file and folder that came, whose it is, and why one is nobody's."""

from collections.abc import Mapping, Sequence

from grader.base.text import visible
from grader.batch.lms import NOT_KNOWN, Download
from grader.batch.students import Assigned
from grader.batch.tables import table_text
from grader.batch.who import shown

FILE = "handed_in.csv"
TITLES = ("came", "counts", "for", "why")
UNCLEAR_SHOWN = 3
LEFT_SHOWN = 8


def came_table(download: Download, who: Assigned, others: Mapping[str, str]) -> str:
    """One line for each name at the top of the download; `others`: earlier ones, by place."""
    lines: list[Sequence[object]] = []
    for one in download.arrived:
        owners = who.owners.get(one.source, ())
        names = ", ".join(shown(student) for student in owners)
        if one.source in who.unclear:
            state, names, why = "not yet", "", who.unclear[one.source]
        elif not owners:
            why = "left out, as the policy says" if one.is_sure else "nobody is called that"
            state = "no"
        else:
            state, why = "yes", "; ".join(one.notes)
            if one.source in others:
                state, why = "no", others[one.source]
            elif not all(student.on_roster for student in owners):
                why = "; ".join([*one.notes, "not on the roster"])
        lines += [(entry, state, names, why) for entry in one.entries or (one.place,)]
    lines += [(name, "no", "", why) for name, why in download.left.items()]
    return table_text([TITLES, *sorted(lines, key=lambda line: str(line[0]))])


def left_out(download: Download, who: Assigned) -> list[str]:
    """The names of what counts for nobody, for a line that a teacher reads."""
    found = [name for name, why in download.left.items() if why == NOT_KNOWN]
    for one in download.arrived:
        if not who.owners.get(one.source, ()) and one.source not in who.unclear:
            found += one.entries
    return sorted(found)


def question(who: Assigned, table: object) -> str:
    """What has to be said before anything is graded, in one line."""
    asked = [f"{visible(_place(where))}: {why}" for where, why in who.unclear.items()]
    more = f"; and {len(asked) - UNCLEAR_SHOWN} more" if len(asked) > UNCLEAR_SHOWN else ""
    first = _place(next(iter(who.unclear)))
    return (
        f"whose is it? {'; '.join(asked[:UNCLEAR_SHOWN])}{more}. Nothing was graded; {table} lists"
        f' all. Say it in the policy: [who], then "{visible(first)}" = "name" or ["name", "name"]'
        " (or [] for nobody); a roster with the columns name and group answers it for a group"
    )


def _place(source: str) -> str:
    return source.rpartition("/")[2]
