"""class.html: one file, no network; what it shows stands in summary.py."""

from pathlib import Path

from grader.base.text import visible
from grader.batch.alike import Pair
from grader.batch.summary import Summary
from grader.sandbox import Unavailable

FILE = "class.html"
TEMPLATE = "class.html.jinja"


def class_page(
    summary: Summary, pairs: tuple[Pair, ...], seed: int, kit: str, not_compared: str = ""
) -> str:
    """The page; `not_compared` is why nobody looked for pairs, where that is so."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise Unavailable(
            "class.html needs python3-jinja2: apt-get install python3-jinja2"
        ) from None

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value, keep="\n") if type(value) is str else value,
    )
    environment.filters["named"] = summary.name_of
    page: str = environment.get_template(TEMPLATE).render(
        summary=summary,
        looks=summary.to_look_at((pair.first, pair.second, pair.tokens) for pair in pairs),
        pairs=pairs,
        seed=seed,
        kit=kit,
        not_compared=not_compared,
    )
    return page
