#!/usr/bin/env bash
# A YAML file with texts in several languages beside numbers and switches, read and written again by the library that translation servers use
# for YAML (translate-toolkit). Nothing is translated.
#
# Expected: what nobody translated is the same value afterwards. A number stays a number, `false` stays `false`, a text that looks like
# something else keeps its quotes.
# Seen with translate-toolkit 3.20.4 (PyPI, ruamel.yaml 0.19.1):
# - its YAML store writes every number and every switch as text: `revision: '1'`, `feedback: 'False'` with a capital letter. A number with a fraction
#   anywhere in the file (`price: 1.5`) is an error, and the file cannot be read at all;
# - `po2yaml` with an untranslated catalog writes the same, and takes the quotes off "NO" and "yes", which YAML 1.1 then reads as `false` and `true`.
#
# So keep the texts to translate in files of their own. Exits 0 while that is so, 1 when it has changed. Needs python3 and PyPI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv tools
tools/bin/pip -q install 'translate-toolkit[yaml]==3.20.4' ruamel.yaml==0.19.1
cat >before.yaml <<'YAML'
country: "NO"
word: "yes"
revision: 1
feedback: false
body:
  sv: Hej!
  en: Hi!
YAML
tools/bin/python - <<'PY'
from translate.storage.yaml import YAMLFile
store = YAMLFile()
store.parse(open("before.yaml", "rb").read())
open("stored.yaml", "wb").write(bytes(store))
try:
    YAMLFile().parse(b"price: 1.5\nbody: Hi!\n")
    raise SystemExit("a fraction is read now")
except ValueError as error:
    print("price: 1.5:", type(error).__name__)
PY
tools/bin/yaml2po --progress=none -i before.yaml -o texts.po
tools/bin/po2yaml --progress=none -t before.yaml -i texts.po -o merged.yaml
head -n 4 stored.yaml merged.yaml
[ "$(head -n 4 stored.yaml)" = "country: \"NO\"
word: \"yes\"
revision: '1'
feedback: 'False'" ]
[ "$(head -n 4 merged.yaml)" = "country: NO
word: yes
revision: '1'
feedback: 'False'" ]
