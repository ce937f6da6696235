"""The faults that scripts/mutants plants: reading their lists, and finding their places in the sources."""
import dataclasses
import pathlib
import re
import tomllib

LISTS = pathlib.Path(__file__).resolve().parent
ROOT = LISTS.parent.parent


class Unusable(Exception):
    """Nothing can be said about the faults; the text says why."""


@dataclasses.dataclass(frozen=True)
class Fault:
    area: str
    name: str
    slip: str
    file: str
    text: str
    fault: str
    tests: tuple
    kind: str = "expression"

    @property
    def number(self):
        """The number that mutant.h computes of the name."""
        number = 2166136261
        for byte in self.name.encode():
            number = (number ^ byte) * 16777619 % 2**32
        return number

    @property
    def filter(self):
        return "|".join("^" + test.replace(".", r"\.", 1) for test in self.tests)

    @property
    def targets(self):
        return {test.split(".")[0] for test in self.tests}

    def site(self, source):
        """Where in the file's text it is planted: begin and end."""
        before, marked, rest = self.text.partition("«")
        inner, _, after = rest.partition("»") if marked else (self.text, "", "")
        before = before if marked else ""
        places = [match.start() for match in re.finditer(re.escape(before + inner + after), source)]
        if len(places) != 1:
            found = "is not there" if not places else f"is there {len(places)} times"
            raise Unusable(f"{self.area}.toml: {self.name}: its text {found} in {self.file}: mend the entry")
        begin = places[0] + len(before)
        return begin, begin + len(inner)

    def planted(self, original):
        """What replaces the original text: both versions, and the choice."""
        choice = f"eos_mutant({self.number:#x} /* {self.name} */)"
        if self.kind == "expression":
            return f"({choice} ? ({self.fault}) : ({original}))"
        # Nothing may follow a statement on its last line, which may end with a comment.
        if self.file.endswith(".swift"):
            return f"if {choice} {{ {self.fault} }} else {{ {original}\n}}"
        return f"if ({choice}) {{ {self.fault} }} else {{ {original}\n}}"


def read_faults():
    faults = []
    for path in sorted(LISTS.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text())["fault"]
        except (tomllib.TOMLDecodeError, KeyError) as error:
            raise Unusable(f"{path.name}: {error}") from None
        for entry in entries:
            try:
                tests = entry["tests"]
                entry["tests"] = (tests,) if isinstance(tests, str) else tuple(tests)
                faults.append(Fault(area=path.stem, **entry))
            except (TypeError, KeyError) as error:
                raise Unusable(f"{path.name}: {entry.get('name', 'an entry without a name')}: {error}") from None
    for fault in faults:
        same = [other for other in faults if other.number == fault.number]
        if len(same) > 1 or fault.number < 2:
            raise Unusable(f"{fault.area}.toml: {fault.name}: give it another name")
        if fault.kind not in ("expression", "statement"):
            raise Unusable(f"{fault.area}.toml: {fault.name}: its kind is neither expression nor statement")
    return faults


def chosen(faults, names):
    """Those whose area or name was given; all where none was."""
    for name in names:
        if not any(name in (fault.area, fault.name) for fault in faults):
            raise Unusable(f"no area and no fault is called {name}: see --list")
    return [fault for fault in faults if not names or fault.area in names or fault.name in names]


def sites(faults, path):
    """The faults of a file with their places, the last first."""
    if not (ROOT / path).exists():
        raise Unusable(f"{faults[0].area}.toml: {faults[0].name}: there is no {path}: mend the entry")
    source = (ROOT / path).read_text()
    places = sorted(((fault.site(source), fault) for fault in faults), key=lambda one: one[0], reverse=True)
    for ((begin, _), fault), ((_, end), other) in zip(places, places[1:]):
        if end > begin:
            raise Unusable(f"{fault.area}.toml: {fault.name} and {other.name} change the same text")
    return source, places


def check(faults):
    """All faults fit their files; else every one that does not is told."""
    complaints = []
    for path in sorted({fault.file for fault in faults}):
        for fault in (fault for fault in faults if fault.file == path):
            try:
                sites([fault], path)
            except Unusable as error:
                complaints.append(str(error))
        if not complaints:
            sites([fault for fault in faults if fault.file == path], path)
    if complaints:
        raise Unusable("\n".join(complaints))
