#!/bin/sh
# Waits until somebody writes to a FIFO, then becomes the rest of its words: time to attach strace.
read -r _ < "/trace/$1"
shift
exec "$@"
