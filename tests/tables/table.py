"""Writes a generated table, or with `--check` compares it with the committed one."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main(path, text):
    file, made = ROOT / path, text()
    if "--check" in sys.argv[1:]:
        if file.read_text(encoding="utf-8") != made:
            sys.exit(f"{path} is not what its generator writes")
        print(f"{path}: as generated")
    else:
        file.write_text(made, encoding="utf-8")
        print(f"{path}: {len(made)} bytes")
