"""What a benchmark found: one row for each comparison, as Markdown for people and as JSON for programs.

A row says what was done, against which peer, both figures, their ratio, the target, whether it is met, and the load of the
machine while it was measured: figures of a machine that does something else are bounds, ratios of interleaved rounds hold.
"""

import json
import os
import statistics


def load():
    """The load of the last minute, as far as the machine tells it."""
    return round(os.getloadavg()[0], 1)


class Rounds:
    """Figures by name, one a round, taken in turn so that what the machine does otherwise hits all alike."""

    def __init__(self):
        self.figures = {}
        self.loads = []

    def add(self, name, figure):
        self.figures.setdefault(name, []).append(figure)
        self.loads.append(load())
        print(f"  {name:40} {figure:12,.1f}   load {self.loads[-1]}", flush=True)

    def median(self, name):
        return statistics.median(self.figures[name])


class Table:
    """Rows; `unit` is what the figures count, and a target is a ratio ours : peer, or nothing where the peer is there for
    orientation."""

    def __init__(self, title, unit, rounds):
        self.title, self.unit, self.rounds = title, unit, rounds
        self.rows = []

    def compare(self, work, ours, peer, *, at_least=None, at_most=None):
        """A row of two medians: a rate is to be at least, a time at most so many times the peer's."""
        self.add(work, peer, self.rounds.median(ours), self.rounds.median(peer), at_least=at_least, at_most=at_most)

    def add(self, work, peer, our_figure, peer_figure, *, at_least=None, at_most=None):
        ratio = our_figure / peer_figure
        target, met = "", None
        if at_least is not None:
            target, met = f"≥ {at_least} ×", ratio >= at_least
        if at_most is not None:
            target, met = f"≤ {at_most} ×", ratio <= at_most
        loads = self.rounds.loads
        self.rows.append({"work": work, "peer": peer, "unit": self.unit, "ours": our_figure, "theirs": peer_figure,
                          "ratio": ratio, "target": target, "met": met, "load": [min(loads), max(loads)]})  # fmt: skip

    def markdown(self):
        words = {True: "yes", False: "**no**", None: "–"}
        rounds = max(map(len, self.rounds.figures.values()))
        lines = [f"{self.title}. {os.cpu_count()} cores; medians of {rounds} rounds in turn; {self.unit}.", "",
                 "| work | peer | peer's | ours | ratio | target | met | load |",
                 "|---|---|---|---|---|---|---|---|"]  # fmt: skip
        for row in self.rows:
            low, high = row["load"]
            lines.append(f"| {row['work']} | {row['peer']} | {row['theirs']:,.1f} | {row['ours']:,.1f} | {row['ratio']:.2f} × "
                         f"| {row['target'] or '–'} | {words[row['met']]} | {low}–{high} |")  # fmt: skip
        return "\n".join(lines)

    def report(self, file=None):
        """Prints the Markdown; the JSON goes into the file, or after it."""
        print("\n" + self.markdown())
        text = json.dumps({"title": self.title, "cores": os.cpu_count(), "rows": self.rows, "rounds": self.rounds.figures})
        if file is None:
            print("\n" + text)
            return
        with open(file, "w") as out:
            out.write(text + "\n")
