"""What zsh offers at the end of a line: `zsh.py FOLDER_OF__campanile LINE`. A real zsh in a pseudo-terminal lists it."""

import os
import pty
import re
import select
import sys
import time

folder, line = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "dumb"
    os.execvp("zsh", ["zsh", "-f", "-i"])


def said(seconds, until=None):
    text, end = "", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                text += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
        if until and until in text:
            break
    return text


def type_in(text):
    os.write(terminal, text.encode())


type_in(f"PROMPT='> '; unsetopt automenu; setopt autolist; fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; print rea''dy\n")
said(20, "ready")
type_in(line + "\t\t")
listed = said(2.5)
# Where all begin alike, or only one fits, zsh writes it into the line.
type_in("\x03exit\n")
os.close(terminal)
print(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", listed).replace("\r", "\n"))
