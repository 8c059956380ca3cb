"""A function's code: a zip archive, unpacked as Lambda unpacks it."""

import base64
import hashlib
import io
import os
import stat
import zipfile

from refusal import Refusal

UNPACKED_MOST = 262144000


def refused(message):
    return Refusal("InvalidParameterValueException", message)


class Archive:
    """Unpacked under `folder`. Raises Refusal where Lambda would not take it, or where `bootstrap` cannot be run."""

    def __init__(self, content, folder):
        self.size = len(content)
        self.sha256 = base64.b64encode(hashlib.sha256(content).digest()).decode()
        self.folder = folder
        try:
            held = zipfile.ZipFile(io.BytesIO(content))
            entries = held.infolist()
        except (zipfile.BadZipFile, ValueError):
            raise refused("Could not unzip uploaded file. Please check your file, then try to upload again.") from None
        if not entries:
            raise refused("Uploaded file must be a non-empty zip")
        if sum(entry.file_size for entry in entries) >= UNPACKED_MOST:
            raise refused(f"Unzipped size must be smaller than {UNPACKED_MOST} bytes")
        modes = {entry.filename: entry.external_attr >> 16 for entry in entries}
        if not modes.get("bootstrap", 0) & stat.S_IXOTH or stat.S_ISLNK(modes["bootstrap"]):
            raise refused("The archive must hold a file `bootstrap` at its top that everyone may execute "
                          "(Lambda itself says so only when the function is invoked, by Runtime.InvalidEntrypoint)")
        for entry in entries:
            self._unpack(held, entry)

    def _unpack(self, held, entry):
        path = os.path.normpath(os.path.join(self.folder, entry.filename))
        if not path.startswith(self.folder + os.sep):
            raise refused(f"The archive's entry '{entry.filename}' is outside of it")
        mode = entry.external_attr >> 16
        if entry.is_dir():
            os.makedirs(path, exist_ok=True)
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if stat.S_ISLNK(mode):
            os.symlink(held.read(entry).decode(), path)
            return
        with held.open(entry) as source, open(path, "wb") as file:
            while block := source.read(1 << 20):
                file.write(block)
        # Who has no right to read it on Lambda, where another user unpacks it, cannot read it here either.
        os.chmod(path, stat.S_IMODE(mode) & 0o555 | stat.S_IWUSR)
