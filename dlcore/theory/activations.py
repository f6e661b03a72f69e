"""Activation functions f and their derivatives f′, with the conventions of Keras.

Sources: logistic and tanh of old; scaled tanh (LeCun, Bottou, Orr & Müller 1998); ReLU (Nair & Hinton 2010; Glorot, Bordes & Bengio 2011);
leaky ReLU (Maas, Hannun & Ng 2013); ELU (Clevert, Unterthiner & Hochreiter 2016); SELU (Klambauer et al. 2017); GELU (Hendrycks & Gimpel
2016); Swish (Ramachandran, Zoph & Le 2017). Where a function has a corner at 0, f′(0) is the slope from the left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Curve = Callable[[np.ndarray], np.ndarray]
SCALED_A, SCALED_B = 1.7159, 2 / 3
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


@dataclass(frozen=True)
class Activation:
    """f and its derivative, elementwise. keras: the name that an experiment's `activation` has for it. formula: LaTeX.

    low, high: the infimum and supremum of f. year: of the source.
    """

    title: str
    keras: str
    formula: str
    f: Curve
    derivative: Curve
    low: float
    high: float
    source: str


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^−x), without overflow."""
    return (1 + np.tanh(np.asarray(x) / 2)) / 2


def normal_cdf(x: np.ndarray) -> np.ndarray:
    """Φ(x) of the standard normal distribution, from Abramowitz & Stegun's formula 7.1.26: wrong by at most 1e-7."""
    z = np.abs(np.asarray(x, float)) / np.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - series * np.exp(-z * z))
    return (1 + erf) / 2


def activation(name: str, slope: float = 0.01) -> Activation:
    """The activation of that name, one of `NAMES`; slope: of leaky ReLU left of 0. KeyError for others."""
    return _leaky(slope) if name == "leaky_relu" else _FIXED[name]


def _leaky(slope: float) -> Activation:
    return Activation(
        "Leaky ReLU", "leaky_relu", r"f(x)=\max(x,\ a\,x),\quad 0\le a<1",
        lambda x: np.where(x > 0, x, slope * x), lambda x: np.where(x > 0, 1.0, slope),
        -np.inf if slope else 0.0, np.inf, "Maas, Hannun & Ng 2013",
    )  # fmt: skip


def _exponential(x: np.ndarray) -> np.ndarray:
    """e^x − 1 left of 0, and 0 right of it, where e^x could overflow."""
    return np.expm1(np.minimum(x, 0.0))


def _density(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi)


_FIXED = {
    "sigmoid": Activation(
        "Sigmoid", "sigmoid", r"f(x)=\sigma(x)=\frac{1}{1+e^{-x}}",
        sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)), 0.0, 1.0, "the logistic function of Verhulst 1838",
    ),
    "tanh": Activation(
        "Tanh", "tanh", r"f(x)=\tanh x=2\,\sigma(2x)-1",
        np.tanh, lambda x: 1 - np.tanh(x) ** 2, -1.0, 1.0, "LeCun et al. 1998",
    ),
    "scaled_tanh": Activation(
        "Scaled tanh", "scaled_tanh", r"f(x)=a\tanh(b\,x),\quad a=1.7159,\ b=\tfrac23",
        lambda x: SCALED_A * np.tanh(SCALED_B * x), lambda x: SCALED_A * SCALED_B * (1 - np.tanh(SCALED_B * x) ** 2),
        -SCALED_A, SCALED_A, "LeCun et al. 1998",
    ),
    "relu": Activation(
        "ReLU", "relu", r"f(x)=\max(0,\ x)",
        lambda x: np.maximum(x, 0.0), lambda x: (np.asarray(x) > 0).astype(float), 0.0, np.inf, "Glorot, Bordes & Bengio 2011",
    ),
    "elu": Activation(
        "ELU", "elu", r"f(x)=x\ (x>0),\quad e^{x}-1\ (x\le 0)",
        lambda x: np.where(x > 0, x, _exponential(x)), lambda x: np.where(x > 0, 1.0, _exponential(x) + 1), -1.0, np.inf,
        "Clevert, Unterthiner & Hochreiter 2016",
    ),
    "selu": Activation(
        "SELU", "selu", r"f(x)=\lambda x\ (x>0),\quad \lambda\alpha(e^{x}-1)\ (x\le 0)",
        lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * _exponential(x)),
        lambda x: SELU_SCALE * np.where(x > 0, 1.0, SELU_ALPHA * (_exponential(x) + 1)),
        -SELU_SCALE * SELU_ALPHA, np.inf, "Klambauer et al. 2017",
    ),
    "gelu": Activation(
        "GELU", "gelu", r"f(x)=x\,\Phi(x)",
        lambda x: x * normal_cdf(x), lambda x: normal_cdf(x) + x * _density(x), -0.16997, np.inf, "Hendrycks & Gimpel 2016",
    ),
    "swish": Activation(
        "Swish", "silu", r"f(x)=x\,\sigma(x)",
        lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))), -0.27846, np.inf, "Ramachandran, Zoph & Le 2017",
    ),
}  # fmt: skip
NAMES = ("sigmoid", "tanh", "scaled_tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "swish")
