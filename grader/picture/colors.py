"""The colors of pages with pictures, by meaning; every text has a contrast of at least 4.5 to 1
with its background, in light mode, in dark mode and on paper."""

LIGHT = """
  --text: #1b1b1f; --soft: #55555f; --back: #ffffff; --raised: #f4f4f7; --line: #d4d4dc;
  --good: #14692f; --half: #7a5200; --bad: #b00020; --badback: #fdecee; --link: #1a4f9c;
  --process: #1a4f9c; --segment: #8a5a00; --waits: #a9c6f5; --arrow: #44444c;
"""
DARK = """
  --text: #ececf1; --soft: #b0b0bc; --back: #16161a; --raised: #222228; --line: #3c3c46;
  --good: #6fd08c; --half: #e8b45a; --bad: #ff8c96; --badback: #3c1b20; --link: #9cc2ff;
  --process: #8db8ff; --segment: #e8b45a; --waits: #2f4f82; --arrow: #c4c4ce;
"""
PAPER = """
  --text: #000000; --soft: #444444; --back: #ffffff; --raised: #f4f4f4; --line: #bbbbbb;
  --good: #14692f; --half: #7a5200; --bad: #b00020; --badback: #fdecee; --link: #000000;
  --process: #1a4f9c; --segment: #8a5a00; --waits: #a9c6f5; --arrow: #44444c;
"""
PALETTE = f"""
:root {{ color-scheme: light dark; {LIGHT} }}
@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}
@media print {{ :root {{ color-scheme: light; {PAPER} }} }}
"""
