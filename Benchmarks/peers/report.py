"""Markdown tables, on the standard output and in a file."""
import places
from ratio import Ratio

TITLES = ["", "eos", "other", "ratio", "quartiles", "bar", "met", "agreement"]


class Report:
    def __init__(self):
        places.OUT.mkdir(parents=True, exist_ok=True)
        self.path = places.OUT / "report.md"
        self.path.write_text("")

    def say(self, text=""):
        print(text, flush=True)
        with open(self.path, "a", encoding="utf-8") as file:
            print(text, file=file)

    def table(self, heading, rows, titles=None, notes=""):
        """Rows are ratios or lists of cells."""
        cells = [row.cells() if isinstance(row, Ratio) else row for row in rows]
        titles = titles or TITLES
        shown = [i for i, title in enumerate(titles) if i == 0 or any(row[i] for row in cells)]
        self.say(f"\n### {heading}\n")
        self.say("| " + " | ".join(titles[i] for i in shown) + " |")
        self.say("|" + "---|" * len(shown))
        for row in cells:
            self.say("| " + " | ".join(row[i] for i in shown) + " |")
        if notes:
            self.say(f"\n{notes}")
