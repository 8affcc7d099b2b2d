"""Writes src/audience/numbering.txt: which numbers exist, whose they are and of what kind, as small automata.

In: the metadata of libphonenumber as PyPI's `phonenumbers` packages it (requirements.txt pins the version). Out: for
each calling code an automaton over national digits, minimal, whose ends say region and kind. The library decides by
regular expressions for each region and kind; all of them are run side by side here, so that nothing is sampled or guessed.
`numbering_sample.py` and `national_lists.py` hold the table against the library itself.
"""

import re

import phonenumbers
from phonenumbers import PhoneMetadata

try:
    from re import _constants as constants
    from re import _parser as sre_parse
except ImportError:  # before Python 3.11
    import sre_constants as constants
    import sre_parse

KINDS = [
    ("premium_rate", "p"), ("toll_free", "t"), ("shared_cost", "s"), ("voip", "v"), ("personal_number", "n"),
    ("pager", "g"), ("uan", "u"), ("voicemail", "c"),
]
MOST_DIGITS = 15


class Automaton:
    """A regular expression over digits; states are sets of places in it, numbered as they are met."""

    def __init__(self, pattern, is_prefix=False):
        self.edges, self.free = [], []
        start, end = self.place(), self.place()
        self.build(sre_parse.parse(pattern), start, end)
        if is_prefix:
            self.edges[end].append((set(range(10)), end))
        self.end, self.states, self.known, self.next = end, [], {}, {}
        self.start = self.state({start})

    def place(self):
        self.edges.append([])
        self.free.append([])
        return len(self.edges) - 1

    def build(self, parsed, at, end):
        items = list(parsed)
        for index, (kind, value) in enumerate(items):
            to = end if index == len(items) - 1 else self.place()
            self.item(kind, value, at, to)
            at = to
        if not items:
            self.free[at].append(end)

    def item(self, kind, value, at, to):
        if kind is constants.LITERAL:
            self.edges[at].append(({value - 48}, to))
        elif kind is constants.IN:
            self.edges[at].append((digits_of(value), to))
        elif kind is constants.BRANCH:
            for branch in value[1]:
                self.build(branch, at, to)
        elif kind is constants.SUBPATTERN:
            self.build(value[-1], at, to)
        elif kind is constants.MAX_REPEAT:
            low, high, inner = value
            high = min(high, MOST_DIGITS)
            for count in range(high):
                if count >= low:
                    self.free[at].append(to)
                after = to if count == high - 1 else self.place()
                self.build(inner, at, after)
                at = after
            if high == 0:
                self.free[at].append(to)
        else:
            raise ValueError(f"no rule for {kind}")

    def state(self, places):
        todo, closed = list(places), set(places)
        while todo:
            for to in self.free[todo.pop()]:
                if to not in closed:
                    closed.add(to)
                    todo.append(to)
        key = frozenset(closed)
        if key not in self.known:
            self.known[key] = len(self.states)
            self.states.append(key)
        return self.known[key]

    def step(self, state, digit):
        if (state, digit) not in self.next:
            places = {to for place in self.states[state] for digits, to in self.edges[place] if digit in digits}
            self.next[state, digit] = self.state(places)
        return self.next[state, digit]

    def accepts(self, state):
        return self.end in self.states[state]


def digits_of(items):
    digits = set()
    for kind, value in items:
        if kind is constants.LITERAL:
            digits.add(value - 48)
        elif kind is constants.RANGE:
            digits.update(range(value[0] - 48, value[1] - 47))
        elif kind is constants.CATEGORY and value is constants.CATEGORY_DIGIT:
            digits.update(range(10))
        else:
            raise ValueError(f"no rule for {kind}")
    return digits


class Region:
    """One region of a calling code: the automata of its kinds, run side by side."""

    def __init__(self, name, metadata):
        self.name, self.metadata, self.parts = name, metadata, []
        for field in ["general_desc", "fixed_line", "mobile"] + [field for field, _ in KINDS]:
            desc = getattr(metadata, field)
            if desc is not None and desc.national_number_pattern:
                self.parts.append((field, Automaton(desc.national_number_pattern), set(desc.possible_length)))
        self.leading = metadata.leading_digits and Automaton(metadata.leading_digits, is_prefix=True)
        general = set(metadata.general_desc.possible_length)
        self.lengths = {field: lengths or general for field, _, lengths in self.parts}

    def start(self):
        return tuple(part.start for _, part, _ in self.parts) + ((self.leading.start,) if self.leading else ())

    def step(self, state, digit):
        automata = [part for _, part, _ in self.parts] + ([self.leading] if self.leading else [])
        return tuple(automaton.step(at, digit) for automaton, at in zip(automata, state))

    def leads(self, state):
        return self.leading and self.leading.accepts(state[-1])

    def kind(self, state, length):
        """As `number_type` of the library decides it: the first that matches."""
        matched = {
            field for (field, part, lengths), at in zip(self.parts, state)
            if part.accepts(at) and (not lengths or length in lengths)
        }
        if "general_desc" not in matched:
            return None
        for field, letter in KINDS:
            if field in matched:
                return letter
        same = self.metadata.same_mobile_and_fixed_line_pattern
        if "fixed_line" in matched:
            return "b" if same or "mobile" in matched else "f"
        return "m" if not same and "mobile" in matched else None


def regions_of(code):
    names = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    if names == ("001",):
        return [Region("001", PhoneMetadata.metadata_for_nongeo_region(code))]
    return [Region(name, PhoneMetadata.metadata_for_region(name)) for name in names]


def outcome(regions, states, length):
    """Region and kind, or nothing: the first region whose leading digits match decides, else the first with a kind."""
    if len(regions) == 1:
        kind = regions[0].kind(states[0], length)
        return kind and (kind, 0)
    for at, (region, state) in enumerate(zip(regions, states)):
        if region.leading:
            if region.leads(state):
                kind = region.kind(state, length)
                return kind and (kind, at)
        elif kind := region.kind(state, length):
            return kind, at
    return None


def table_of(code):
    regions = regions_of(code)
    room = MOST_DIGITS - len(str(code))
    nodes, ids, memo = [], {}, {}

    def node(states, length):
        key = (states, length)
        if key not in memo:
            end = outcome(regions, states, length)
            next = [0] * 10
            if length < room:
                for digit in range(10):
                    after = tuple(region.step(state, digit) for region, state in zip(regions, states))
                    if alive(regions, after):
                        next[digit] = node(after, length + 1)
            body = (end, tuple(next))
            if end is None and not any(next):
                memo[key] = 0
            else:
                if body not in ids:
                    nodes.append(body)
                    ids[body] = len(nodes)
                memo[key] = ids[body]
        return memo[key]

    root = node(tuple(region.start() for region in regions), 0)
    return [region.name for region in regions], nodes, root


def alive(regions, states):
    """Whether the general pattern of some region can still match: a set of no places never does again."""
    return any(region.parts[0][1].states[state[0]] for region, state in zip(regions, states))


def rules_of(code, name):
    """How national numbers of a region are written: prefixes, and the pattern that decides whether one is taken off."""
    metadata = PhoneMetadata.metadata_for_region(name)
    transform = re.sub(r"\\(\d)", r"${\1}", metadata.national_prefix_transform_rule or "")
    lengths = ",".join(str(length) for length in metadata.general_desc.possible_length)
    fields = [
        name, metadata.international_prefix or "", metadata.national_prefix_for_parsing or "", transform,
        metadata.general_desc.national_number_pattern, lengths,
    ]
    assert not any("\t" in field for field in fields)
    return "=" + "\t".join(fields)


def written(code):
    names, nodes, root = table_of(code)
    assert root == len(nodes), "the root is made last"
    lines = [f"+{code} {' '.join(names)}"] + [rules_of(code, name) for name in names if name != "001"]
    for end, next in nodes:
        runs, digit = [], 0
        while digit < 10:
            last = digit
            while last < 9 and next[last + 1] == next[digit]:
                last += 1
            if next[digit]:
                runs.append(f"{digit}:{next[digit]}" if last == digit else f"{digit}-{last}:{next[digit]}")
            digit = last + 1
        lines.append(" ".join([f"{end[0]}{end[1]}" if end else "-"] + runs))
    return lines


def text():
    head = [
        "# Which numbers exist, whose they are, and of what kind.",
        "# Source: libphonenumber, Copyright (C) 2011-2026 The Libphonenumber Authors, Apache License 2.0 (see LICENSE-APACHE),",
        f"# as packaged in PyPI phonenumbers {phonenumbers.__version__}; written by tests/tables/numbering.py.",
        "# `+code regions`, a line for each with its international prefix, its national prefix, what that becomes, the pattern",
        "# of its numbers and their lengths (tabs between them), then the nodes of its automaton over national digits, from 1, the last is where it begins:",
        "# what a number is that ends here (kind and region from 0, or `-`), and for digits the node that follows.",
        "# Kinds: m mobile, f fixed, b both look alike, p premium, t toll-free, s shared cost, v VoIP, n personal,",
        "# g pager, u company-wide, c voicemail.",
    ]
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        head.extend(written(code))
    return "\n".join(head) + "\n"


TABLE = "src/audience/numbering.txt"

if __name__ == "__main__":
    import table

    table.main(TABLE, text)
