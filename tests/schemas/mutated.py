"""Writes every file of cases.txt and compares what check-jsonschema says of each with what cases.txt says.

    mutated.py CHECK_JSONSCHEMA CAMPANILE
"""
import json
import pathlib
import subprocess
import sys
import tempfile

check, campanile = sys.argv[1:]
here = pathlib.Path(__file__).parent
FILES = {
    "project": "campanile.yaml",
    "offer": "campaigns/offer.yaml",
    "weekly": "campaigns/weekly.yaml",
    "split": "campaigns/split.yaml",
}
lines = (here / "cases.txt").read_text().splitlines()
cases = [json.loads(line) for line in lines if line.startswith("[")]
wrong = 0
with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    for kind in ("project", "campaign"):
        schema = work / f"{kind}.json"
        schema.write_bytes(subprocess.run([campanile, "schema", kind], check=True, capture_output=True).stdout)
        files = {}
        for number, (verdict, name, before, after, *_) in enumerate(cases):
            if (name == "project") != (kind == "project"):
                continue
            text = (here / "base" / FILES[name]).read_text()
            assert text.count(before) == 1, (name, before)
            file = work / f"{number}.yaml"
            file.write_text(text.replace(before, after))
            files[str(file)] = (verdict, name, after)
        for name, path in FILES.items():
            if (name == "project") == (kind == "project"):
                files[str(here / "base" / path)] = ("ok", name, "")
        run = subprocess.run([check, "--schemafile", str(schema), "-o", "json", *files], capture_output=True, text=True)
        said = json.loads(run.stdout)
        refused = {fault["filename"] for fault in said.get("errors", []) + said.get("parse_errors", [])}
        for file, (verdict, name, after) in files.items():
            if (file in refused) != (verdict == "both"):
                wrong += 1
                print(f"{name}: {after!r} should be {verdict}, and the schema {'refuses' if file in refused else 'accepts'} it")
print(f"{len(cases)} files, {wrong} of them judged otherwise")
sys.exit(wrong > 0)
