#!/usr/bin/env bash
# A hash ring with weights as a way to split people into variants: consistent hashing is said to move only those who must move.
#
# Expected: the same shares, written with other numbers, move nobody; a larger weight moves people into that node alone.
# Seen with uhashring 2.5 (PyPI), 20,000 numbers, nodes of weight 45, 45 and 10:
# - weights of 90, 90 and 20 are the same shares, and give 5,791 of 20,000 people another node, between all pairs of nodes;
# - with `hash_fn="ketama"` the same edit moves nobody, but a third weight of 20 in place of 10 moves people between the first two nodes,
#   whose weights are as they were, and so does a fourth node: 3,760 move, and not only into the new one.
# So neither ring may split a test that is running. Weighted rendezvous hashing has both properties.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3 and PyPI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uhashring==2.5
venv/bin/python - <<'PY'
from uhashring import HashRing

people = [f"46{700000000 + i}" for i in range(20000)]


def split(weights, **options):
    ring = HashRing(nodes={name: {"weight": weight} for name, weight in weights.items()}, **options)
    return [ring.get_node(number) for number in people]


def moves(before, after):
    return [(one, other) for one, other in zip(before, after) if one != other]


same, doubled = {"a": 45, "b": 45, "c": 10}, {"a": 90, "b": 90, "c": 20}
grown, further = {**same, "c": 20}, {**same, "d": 10}
for options in ({}, {"hash_fn": "ketama"}):
    before = split(same, **options)
    found = {name: moves(before, split(weights, **options)) for name, weights in [("doubled", doubled), ("grown", grown), ("further", further)]}
    print(options or "default", {name: (len(moved), sorted(set(moved))) for name, moved in found.items()})
    if options:
        assert not found["doubled"]
        assert ("a", "b") in found["grown"] and ("b", "a") in found["grown"]
        assert any(to != "d" for _, to in found["further"])
    else:
        assert len(found["doubled"]) > 5000 and len(set(found["doubled"])) == 6
        assert all(to == "c" for _, to in found["grown"]) and all(to == "d" for _, to in found["further"])
PY
