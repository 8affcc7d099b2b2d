#!/usr/bin/env bash
# Formatters of YAML, given texts in block scalars. A campaign's text is such a value: what a formatter changes in it, people would get.
#
# Expected: a formatter changes how a file is written. Every value, read before and after, is the same.
# Seen with a text that has an empty line, one that begins with two blanks (`|2`), and one that ends in an empty line (`|+`):
# - prettier 3.10.1, oxfmt 0.79.0 (npm), yamkix 1.2.1 and pretty-format-yaml of language-formatters-pre-commit-hooks 2.16.0 (PyPI) keep all of them;
# - yamlfix 1.19.1 (PyPI) takes the empty line out of `|` and `>` (there "one two", an empty line and "three" become "one two three"), the two
#   blanks at the beginning, and the empty line at the end, and says "Fixed".
#
# Exits 0 while that is so, 1 when it has changed. Needs python3, node, PyPI and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv tools
tools/bin/pip -q install yamlfix==1.19.1 yamkix==1.2.1 language-formatters-pre-commit-hooks==2.16.0 ruamel.yaml==0.19.1
npm install --silent --no-audit --no-fund --prefix . prettier@3.10.1 oxfmt@0.79.0 >/dev/null
cat >before.yaml <<'YAML'
literal: |
  Hi!

  Reply STOP
folded: >-
  one
  two

  three
indented: |2
    two blanks
kept: |+
  the end

after: x
YAML
for tool in prettier oxfmt yamkix pretty-format-yaml yamlfix; do
  cp before.yaml "$tool.yaml"
  case $tool in
    prettier) node_modules/.bin/prettier --write "$tool.yaml" ;;
    oxfmt) node_modules/.bin/oxfmt "$tool.yaml" ;;
    yamkix) tools/bin/yamkix -i "$tool.yaml" ;;
    pretty-format-yaml) tools/bin/pretty-format-yaml --autofix "$tool.yaml" || true ;; # 1 says that it changed the file
    yamlfix) tools/bin/yamlfix "$tool.yaml" ;;
  esac >"$tool.log" 2>&1
done
tools/bin/python - <<'PY'
from ruamel.yaml import YAML
read = lambda name: dict(YAML(typ="safe", pure=True).load(open(name + ".yaml")))
before = read("before")
assert before == {"literal": "Hi!\n\nReply STOP\n", "folded": "one two\nthree", "indented": "  two blanks\n", "kept": "the end\n\n", "after": "x"}
for tool in ["prettier", "oxfmt", "yamkix", "pretty-format-yaml"]:
    assert read(tool) == before, (tool, read(tool))
    print(tool + ": every value as before")
after = read("yamlfix")
print("yamlfix:", after)
assert after == {"literal": "Hi!\nReply STOP\n", "folded": "one two three", "indented": "two blanks\n", "kept": "the end\n", "after": "x"}
PY
