"""What is in a .keras file of somebody else's, looked at before Keras opens it.

Such a file is a zip of a configuration and weights. Keras makes the objects that the configuration names, and its safe mode was gone
around more than once (CVE-2025-1550, CVE-2025-8747, CVE-2025-9906). Hence only layers that are known to compute and nothing else are let
through, all else is refused by name, and Keras is given a new zip with nothing but the three files that a model needs.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from dlcore.errors import Invalid
from dlcore.exports._archive import zipped

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
NEEDED = (CONFIG, METADATA, WEIGHTS)
MOST_BYTES, MOST_CONFIG, MOST_FILES, DEEPEST = 2**30, 20 * 2**20, 1000, 200
_LAYERS = """
    InputLayer Dense EinsumDense Embedding Masking Activation ReLU LeakyReLU PReLU ELU Softmax Identity Rescaling Normalization Resizing
    CenterCrop Flatten Reshape Permute RepeatVector Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D
    ZeroPadding2D ZeroPadding3D Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D
    DepthwiseConv1D DepthwiseConv2D MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
    Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout GaussianNoise AlphaDropout ActivityRegularization
    BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization SpectralNormalization
    Add Subtract Multiply Average Maximum Minimum Concatenate Dot Attention AdditiveAttention MultiHeadAttention GroupQueryAttention
    SimpleRNN LSTM GRU RNN StackedRNNCells SimpleRNNCell LSTMCell GRUCell ConvLSTM1D ConvLSTM2D ConvLSTM3D Bidirectional TimeDistributed
    RandomFlip RandomRotation RandomTranslation RandomZoom RandomContrast RandomBrightness RandomCrop
"""
_OTHERS = """
    Sequential Functional Model DTypePolicy FloatDTypePolicy Zeros Ones Constant Identity Orthogonal RandomNormal RandomUniform
    TruncatedNormal VarianceScaling GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal STFT
    OrthogonalRegularizer L1 L2 L1L2 MaxNorm
    NonNeg UnitNorm MinMaxNorm SeedGenerator
"""
LAYERS, OTHERS = frozenset(_LAYERS.split()), frozenset(_OTHERS.split())
PLAIN = frozenset({"__tuple__", "__keras_tensor__", "__slice__", "__ellipsis__"})
WHY = {
    "Lambda": "a Lambda layer holds Python code, which would run here",
    "TorchModuleWrapper": "it holds a pickle, which could run any code here",
    "TFSMLayer": "it loads another model from a path",
    "JaxLayer": "it holds code of another library", "FlaxLayer": "it holds code of another library",
    "StringLookup": "it may read files of this computer", "IntegerLookup": "it may read files of this computer",
    "TextVectorization": "it may read files of this computer",
    "function": "it names a function of its author's, which is not in the file", "__lambda__": "it holds Python code, which would run here",
}  # fmt: skip
OWN = re.compile(r"^dlcore\.(layers|initializers|losses)\.\w+$")


def checked(data: bytes) -> bytes:
    """The file as a new zip that holds what Keras needs and nothing else, the optimizer's settings left out.

    `Invalid` says what is refused and why: too large, paths that lead elsewhere, classes that are not known to be harmless.
    """
    parts = _parts(data)
    try:
        config = json.loads(parts[CONFIG])
        json.loads(parts[METADATA])
    except (ValueError, RecursionError):
        raise _refused("its configuration is no valid JSON") from None
    if not isinstance(config, dict) or config.get("class_name") not in ("Sequential", "Functional", "Model"):
        kind = config.get("class_name") if isinstance(config, dict) else None
        raise _refused(
            f"it holds {str(kind)[:60]!r}, and only Sequential and functional models can be made again without their author's code"
        )
    config.pop("compile_config", None)  # losses and metrics may be code; a model that answers needs none
    wrong = list(dict.fromkeys(_unknown(config)))
    if wrong:
        raise _refused("; ".join(wrong[:5]) + (f"; and {len(wrong) - 5} more" if len(wrong) > 5 else ""))
    return zipped({CONFIG: json.dumps(config).encode(), METADATA: parts[METADATA], WEIGHTS: parts[WEIGHTS]})


def own_modules(data: bytes) -> list[str]:
    """The lab's own modules that a checked file's classes come from, which must be loaded before Keras can make them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        config = json.loads(archive.read(CONFIG))
    return sorted({str(one["module"]) for one in _objects(config, 0) if OWN.match(str(one.get("module", "")))})


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            names = [info.filename for info in listed]
            size = sum(info.file_size for info in listed)
            if len(listed) > MOST_FILES or size > MOST_BYTES:
                raise _refused(f"unpacked it is {size / 2**20:,.0f} MB in {len(listed):,} files; {MOST_BYTES // 2**20:,} MB are allowed")
            odd = [name for name in names if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name]
            if odd or len(set(names)) != len(names):
                raise _refused(f"it holds a path that leads elsewhere or stands twice: {(odd or names)[0][:80]!r}")
            lacking = [name for name in NEEDED if name not in names]
            if lacking:
                raise _refused(f"it lacks {' and '.join(lacking)}, which model.save writes into every .keras file")
            if archive.getinfo(CONFIG).file_size > MOST_CONFIG:
                raise _refused("its configuration is too large")
            return {name: archive.read(name) for name in NEEDED}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        hint = "Save it with model.save('name.keras'). HDF5 files (.h5) and pickles are not opened: they may hold code."
        raise Invalid("This is no .keras file that can be opened.", hint) from None


def _unknown(config: Any) -> Iterator[str]:
    """Why each object of the configuration that is not known to be harmless is refused."""
    for one in _objects(config, 0):
        name, module = str(one["class_name"]), one.get("module")
        registered = str(one.get("registered_name") or "")
        own = OWN.match(str(module)) and find_spec(str(module)) and registered == f"dlcore>{name}"
        stock = name in LAYERS | OTHERS and (module is None or re.match(r"^keras(\.|$)", str(module))) and ">" not in registered
        if own or stock or name in PLAIN:
            continue
        why = WHY.get(
            name, f"it comes from {str(module)[:60]}, whose code is not in the file" if module else "it is none of the known layers"
        )
        yield f"{name[:60]!r} is not allowed: {why}"


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """All objects that Keras would make, however deep they lie."""
    if depth > DEEPEST:
        raise _refused("its configuration is nested too deeply")
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        for inner in value.values():
            yield from _objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, depth + 1)


def _refused(why: str) -> Invalid:
    return Invalid(
        f"This .keras file is refused: {why}.", "Export it as ONNX or weights where it was made, or build it from Keras's own layers."
    )
