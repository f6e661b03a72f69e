"""Street View House Numbers, cropped digits (Netzer et al. 2011), from its two .mat files."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, RemoteFile, Shape


def load(*, seed: int) -> dict[str, Any]:
    import os
    from pathlib import Path

    from scipy.io import loadmat

    homes = [Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras"), Path("/tmp/.keras")]  # Keras's own folders
    own = [Path(os.environ["DLCORE_DATA"]).expanduser()] if os.environ.get("DLCORE_DATA") else []
    folders = [*own, *(folder / "svhn" for folder in own), *(home.expanduser() / "datasets" / "svhn" for home in homes)]
    arrays = {}
    for name, end in (("train_32x32.mat", ""), ("test_32x32.mat", "_test")):
        path = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if path is None:
            source = f"http://ufldl.stanford.edu/housenumbers/{name}"
            raise FileNotFoundError(f"{name} is missing. Fetch it from {source} and put it into {folders[0]}.")
        content = loadmat(path)
        arrays["x" + end] = np.ascontiguousarray(content["X"].transpose(3, 0, 1, 2))
        arrays["y" + end] = content["y"].reshape(-1).astype("int64") % 10  # the files write the digit 0 as 10
    return arrays


def _file(name: str, sha256: str, size: int) -> RemoteFile:
    return RemoteFile(f"svhn/{name}", f"http://ufldl.stanford.edu/housenumbers/{name}", sha256, size, own_folder=True)


DATASET = Dataset(
    name="svhn",
    title="Street View house numbers",
    summary="99,289 colour photographs of digits on houses, 32×32 pixels, often with other digits beside them.",
    fields=(),
    shape=lambda settings: Shape("image", (32, 32, 3), "classes", 10, 73_257, 26_032),
    load=load,
    scaling="bytes",
    origin="download",
    megabytes=246,
    alternative="digits",
    files=(
        _file("train_32x32.mat", "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8", 182_040_794),
        _file("test_32x32.mat", "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b", 64_275_384),
    ),
    class_names=tuple("0123456789"),
    order=6,
)
