"""Runs a program on a terminal of its own and prints, as JSON, what it wrote and how it ended.

Arguments: columns, what to do once a file is there (a signal's name, or ^C for the key), that file
(or -), and the program with its arguments.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios

columns, act, trigger = int(sys.argv[1]), sys.argv[2], sys.argv[3]
pid, terminal = pty.fork()
if pid == 0:
    # The size is set from inside, before the program can ask for it.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvp(sys.argv[4], sys.argv[4:])

output = b""
done = trigger == "-"
while True:
    ready, _, _ = select.select([terminal], [], [], 0.02)
    if ready:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    if not done and os.path.exists(trigger):
        done = True
        if act == "^C":
            os.write(terminal, b"\x03")
        else:
            os.kill(pid, signal.Signals[act])
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
json.dump({"code": code, "output": output.decode()}, sys.stdout)
