"""Runs a command on a pseudo-terminal: terminal.py <columns> <command>...

What the command writes goes to the standard output. Lines of the standard input are instructions: "type <text>" (with
\\n and ^C as Python writes them), "resize <columns>".
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

ROWS = 24


def resize(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))


def follow(instruction, terminal):
    word, _, rest = instruction.strip().partition(" ")
    if word == "type":
        os.write(terminal, rest.encode().decode("unicode_escape").encode())
    elif word == "resize":
        resize(terminal, int(rest))


def main():
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # The parent sets the size before the command looks.
        resize(0, int(sys.argv[1]))
        os.execvp(sys.argv[2], sys.argv[2:])
    instructions = sys.stdin.buffer
    sources = [terminal, instructions]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if instructions in ready:
            line = instructions.readline()
            if line:
                follow(line.decode(), terminal)
            else:
                sources.remove(instructions)
        if terminal in ready:
            try:
                written = os.read(terminal, 65536)
            except OSError:
                break
            if not written:
                break
            os.write(1, written)
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)


main()
