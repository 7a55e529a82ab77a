"""Stands in for a decoder that a file has made crash."""

import os
import signal

os.kill(os.getpid(), signal.SIGSEGV)
