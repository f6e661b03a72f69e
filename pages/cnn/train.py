"""Train a CNN: filters and feature maps through time, where the net looks, what its filters want."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from dlcore.charts.figure import Figure, svg, text
from dlcore.charts.mistakes import Mistakes, mistakes
from dlcore.charts.net import filters
from dlcore.datasets._files import default_dataset
from dlcore.experiment import Experiment
from dlcore.services import viewing
from dlcore.ui import link, net_looks
from dlcore.ui.picture import picture
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 6
DATA = default_dataset()
BASE = Experiment().with_(
    dataset=DATA, model="cnn", examples=6000 if DATA == "fashion_mnist" else 0, batch_size=64, epochs=10,
    **{"model.filters": (16, 32), "model.dense": (64,)},
)  # fmt: skip
IDEA = r"""
A **convolutional net** learns its filters. Each filter is a small square of weights that slides over the image; where the pixels under
it resemble its weights, the sum is large. The map of these sums is a **feature map**. The first layer finds edges and spots of colour,
later ones combinations of them.

**Filters and feature maps through time.** The lab keeps the net as it was after some of its epochs, about ten in a long run. Choose an
image, and move the slider from before training to the end: the filters begin as noise, and the maps sort themselves.

**Where it looks: Grad-CAM** (Selvaraju et al. 2017). Let $A^k$ be the $k$-th feature map of a layer and $s_c$ the score of class $c$,
the sum that the softmax turns into a probability. How much the score rises with the map, on average over its $Z$ places $(i, j)$, is its
weight:

$$
\begin{aligned}
\alpha_k &= \frac{1}{Z}\sum_{i,j}\frac{\partial s_c}{\partial A^k_{ij}} \\
\text{heat} &= \max\Big(0, \sum_k \alpha_k A^k\Big)
\end{aligned}
$$

The heat says which places speak for the class. It has the layer's own resolution: a late layer of 4×4 places gives a coarse picture.

**What filters want: feature visualisation** (Erhan et al. 2009). Begin with a grey, noisy image, and change its pixels along the
gradient of one filter's mean answer. What comes out is not a photograph but what this filter adds up.

**Augmentation** changes each training image a little each time it is shown: mirrored (*flip*), moved by some pixels (*shift*), with
*noise*. The net sees more different images, learns them by heart more slowly, and often does better on new ones. Not everything may be
flipped: a mirrored 3 is no digit. Validation and test images stay as they are. Choose flip, shift and noise on the left.

**Data.** Digits come with the lab. Fashion-MNIST, CIFAR-10 and SVHN (house numbers) are fetched when you first train on them.
"""


def learned(values: Values, look: Look) -> Answer:
    run = look.opened.run
    view = viewing.view(run.id) if run else None
    if view is None or view.filters is None:
        said = "The filters appear after the first epoch." if view is None else "This net has no filters: choose a convolutional one."
        return Answer(Figure("", svg(text(160, 110, said), said, 320, 220), said))
    numbers = [("After epoch", f"{view.epoch:,}")]
    if view.confusion is not None:
        numbers.append(("Right", f"{np.trace(view.confusion) / max(1, np.sum(view.confusion)):.1%}"))
    return Answer(filters(np.asarray(view.filters)), numbers)


def wrong() -> None:
    """The images on which the net was surest, and mistaken."""
    opened = link.opened(BASE)
    view = viewing.view(opened.run.id) if opened.run else None
    if opened.run is None or view is None or view.mistakes is None or not len(view.mistakes):
        st.caption("Train a net: the images that it gets most wrong appear here, the surest mistake first.")
        return
    spec = Experiment.from_json(opened.run.experiment).dataset_spec
    found = Mistakes(
        *(np.asarray(part) for part in (view.mistake_inputs, view.mistake_true, view.mistake_predicted, view.mistake_probability))
    )
    picture(mistakes(found, spec.class_names, spec.feature_names), key="cnn_mistakes")


def data(name: str, **more: str) -> dict[str, str]:
    return {"dataset": name, "examples": "6000", **more}


TOPIC = Topic(
    name="train",
    title="Train a CNN",
    lead="Watch filters form, look through them at any epoch, and see where in an image the net finds its answer. LeCun et al., 1998.",
    idea=IDEA,
    base=BASE,
    matter=("dataset", "examples", "model", "filters", "flip", "model.shift", "jitter", "dropout", "learning_rate", "epochs"),
    first="run",
    parts=(Try("What the first filters look for", (), learned, live=True),),
    more={
        "Through time": partial(net_looks.through_time, BASE),
        "Where it looks": partial(net_looks.where_it_looks, BASE),
        "What filters want": partial(net_looks.what_filters_want, BASE),
        "Most wrong": wrong,
    },
    compare=(
        Comparison("Augmentation on and off.", "Training loss falls more slowly with it; look at validation.", (
            Case("as they are", {"flip": "false", "model.shift": "0", "jitter": "0"}), Case("flipped", {"flip": "true"}),
            Case("shifted by up to 2", {"model.shift": "2"}), Case("flipped and shifted", {"flip": "true", "model.shift": "2"}),
            Case("noise 0.1", {"jitter": "0.1"}),
        )),
        Comparison("Three kinds of net.", "Pooling, strides in its place, and blocks that add their input.", (
            Case("with pooling", {"model": "cnn"}), Case("all-convolutional", {"model": "all_cnn"}), Case("residual", {"model": "resnet"}),
        )),
        Comparison("Other data.", "The same net on each; SVHN and CIFAR-10 take a download of 246 and 170 MB.", (
            Case("digits", data("digits", examples="0")), Case("Fashion-MNIST", data("fashion_mnist")), Case("CIFAR-10", data("cifar10")),
            Case("a fifth of CIFAR-10", data("cifar10_subset")), Case("SVHN", data("svhn")),
        )),
    ),
    sources=(
        "LeCun, Y., Bottou, L., Bengio, Y. & Haffner, P. (1998). Gradient-based learning applied to document recognition.",
        "Erhan, D., Bengio, Y., Courville, A. & Vincent, P. (2009). Visualizing higher-layer features of a deep network.",
        "Springenberg, J., Dosovitskiy, A., Brox, T. & Riedmiller, M. (2014). Striving for simplicity: the all convolutional net.",
        "He, K., Zhang, X., Ren, S. & Sun, J. (2015). Deep residual learning for image recognition.",
        "Selvaraju, R. et al. (2017). Grad-CAM: visual explanations from deep networks via gradient-based localization.",
    ),
    opens={"cnn_ann": "Next: a CNN against a dense net"},
)  # fmt: skip

show(TOPIC)
