"""Everything that lasts: one SQLite database and a folder of files. The only package that imports sqlite3."""

from dlcore.store.store import Store
from dlcore.store.values import Artefact, Command, Job, Quarantined

__all__ = ["Artefact", "Command", "Job", "Quarantined", "Store"]
