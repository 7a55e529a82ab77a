"""What a machine without PostgreSQL, broker or supervisor needs: embedded servers and a small supervisor.

Nothing here runs on import. `manage.py services` and `manage.py run` are the only callers.
"""
