#!/bin/sh
# Completions in real shells: `completions.sh path/to/campanile`. Values come after `schema `, `completions ` and `-o `, and no
# file of the folder.
set -eu
program=$(realpath "$1")
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$(dirname "$program"):$PATH
export PATH
for shell in bash zsh fish; do "$program" completions $shell >"$work/$shell"; done
mv "$work/zsh" "$work/_campanile"
mkdir "$work/here"
cd "$work/here"
touch a-file

expect() { # shell, line, words that must be offered, what was offered
    for word in $3; do
        echo "$4" | grep -qw -- "$word" || { echo "$1 does not offer \`$word\` after \`$2\`: $4" >&2; exit 1; }
    done
    if echo "$4" | grep -q a-file; then echo "$1 offers files after \`$2\`: $4" >&2; exit 1; fi
}

while IFS='|' read -r line words; do
    expect fish "$line" "$words" "$(fish --no-config -c "source $work/fish; complete -C '$line'" </dev/null)"
    expect bash "$line" "$words" "$(bash --norc -c "
        source '$work/bash'
        COMP_LINE='$line'; COMP_POINT=\${#COMP_LINE}; read -ra COMP_WORDS <<<\"\$COMP_LINE\"; COMP_WORDS+=('')
        COMP_CWORD=\$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=()
        _campanile campanile '' \"\${COMP_WORDS[COMP_CWORD-1]}\"; echo \"\${COMPREPLY[@]}\"" </dev/null)"
    expect zsh "$line" "$words" "$(python3 "$here/zsh.py" "$work" "$line")"
done <<'LINES'
campanile schema |project campaign plan
campanile completions |bash zsh fish
campanile -o |text json markdown html
campanile plan -o |text json markdown html
LINES
echo "completions: values in bash, zsh and fish"
