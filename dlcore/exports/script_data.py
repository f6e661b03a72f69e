"""The script and what it reads, in one zip: it runs elsewhere without the lab."""

from __future__ import annotations

import io
import zipfile

from dlcore.exports import script
from dlcore.exports._bundle import Bundle
from dlcore.exports._own_data import file_bytes, file_name, is_own
from dlcore.specs import Export

EPOCH = (1980, 1, 1, 0, 0, 0)  # of files in the zip, so that the same run gives the same bytes


def write(bundle: Bundle) -> bytes:
    """A zip of the script and, for data of one's own, the file of rows beside it; other data the script makes or fetches itself.

    Raises `Refused` as the script does, and `Unavailable` where the data were deleted.
    """
    files = {bundle.filename(".py"): script.write(bundle)}
    if is_own(bundle.experiment):
        files[file_name(bundle.experiment)] = file_bytes(bundle.experiment)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED if name.endswith(".py") else zipfile.ZIP_STORED)
    return buffer.getvalue()


EXPORT = Export(
    "script_data",
    "Script with its data",
    "The Python script in a zip, with your own data beside it.",
    ".zip",
    "application/zip",
    write,
    order=4,
)
