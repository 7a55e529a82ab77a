"""The errors that mean: a server behind this one does not answer. They are said in one line, never as a traceback."""

import redis
from django.db import InterfaceError, OperationalError

DATABASE_DOWN: tuple[type[Exception], ...] = (OperationalError, InterfaceError)
CACHE_DOWN: tuple[type[Exception], ...] = (redis.ConnectionError, redis.TimeoutError)
UNAVAILABLE = DATABASE_DOWN + CACHE_DOWN
