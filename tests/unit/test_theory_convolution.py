"""The arithmetic behind the pages on convolutional nets, against Keras, scikit-learn, finite differences and published numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlcore import counts
from dlcore.calls import Call
from dlcore.theory import last_layer, walk
from dlcore.theory.convolution import (
    Layer,
    convolve,
    dense_parameters,
    equal_width,
    halvings,
    places,
    pool,
    receptive_fields,
    repeated,
    seen_units,
    volume,
    windows,
)

DRAW = np.random.default_rng(5)
ALEXNET = Layer(11, 4, 0, filters=96)


def test_first_layer_of_alexnet_has_the_published_numbers() -> None:
    found = volume(227, 3, ALEXNET)
    assert (found.side, found.depth, found.neurons) == (55, 96, 290_400)
    assert (found.parameters, found.unshared) == (34_944, 105_705_600)
    assert found.whole and not volume(224, 3, ALEXNET).whole
    assert found.macs == 55 * 55 * 96 * 363


def test_a_filter_of_five_by_five_over_three_channels_has_76_parameters() -> None:
    assert volume(32, 3, Layer(5, filters=1)).parameters == 76


def test_sizes_that_do_not_fit_are_flagged_with_what_is_left_over() -> None:
    found = volume(10, 1, Layer(3, 2, filters=1))
    assert (found.side, found.whole, found.left_over) == (4, False, 1)
    none = volume(3, 1, Layer(5, filters=2))
    assert (none.side, none.neurons, none.whole) == (0, 0, False)


def test_layers_behind_each_other_end_where_nothing_is_left() -> None:
    found = repeated(11, 3, Layer(5, filters=8), 6)
    assert [(one.side, one.parameters) for one in found] == [(7, 8 * 76), (3, 8 * 201)]


@pytest.mark.parametrize("size", [7, 8, 32])
@pytest.mark.parametrize("layer", [Layer(3), Layer(5, 2), Layer(2, 2), Layer(3, 3)])
def test_places_are_as_many_as_the_windows_that_there_are_and_as_the_forecast_counts(size: int, layer: Layer) -> None:
    image = np.zeros((size, size, 2))
    assert windows(image, layer).shape[:2] == (places(size, layer),) * 2
    call = Call("layers.Conv2D", {"kernel_size": layer.side, "filters": 4, "strides": layer.stride, "padding": "valid"})
    (counted,) = counts.layers([call], image.shape)
    found = volume(size, 2, Layer(layer.side, layer.stride, filters=4))
    assert (counted.output, counted.parameters, counted.macs) == ((found.side, found.side, 4), found.parameters, found.macs)


@pytest.mark.keras
@pytest.mark.parametrize("layer", [Layer(3), Layer(3, 2), Layer(5, 1, 2), Layer(3, 1, 0, 2), Layer(4, 3, 1), Layer(1)])
def test_convolution_is_that_of_keras(layer: Layer) -> None:
    import keras

    image, filters, bias = DRAW.normal(size=(11, 11, 3)), DRAW.normal(size=(layer.side, layer.side, 3, 4)), DRAW.normal(size=4)
    padded = np.pad(image, ((layer.padding,) * 2, (layer.padding,) * 2, (0, 0)))[None]
    theirs = keras.ops.conv(padded, filters, layer.stride, "valid", dilation_rate=layer.dilation) + bias
    np.testing.assert_allclose(convolve(image, filters, bias, layer), np.asarray(theirs)[0], rtol=1e-9, atol=1e-9)


@pytest.mark.keras
@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize(("side", "stride"), [(2, 2), (3, 3), (3, 2)])
def test_pooling_is_that_of_keras(kind: str, side: int, stride: int) -> None:
    import keras

    image = DRAW.normal(size=(9, 9, 3))
    theirs = getattr(keras.ops, f"{kind}_pool")(image[None], side, stride, "valid")
    np.testing.assert_allclose(pool(image, side, stride, kind), np.asarray(theirs)[0], rtol=1e-6)  # type: ignore[arg-type]


def influence(layers: list[Layer], size: int) -> int:
    """How many pixels of a row change the unit in the middle: the receptive field, found by trying."""
    seen = 0
    for pixel in range(size):
        image = np.zeros((size, size, 1))
        image[:, pixel] = 1
        for layer in layers:
            image = windows(image, layer).sum(axis=(2, 3))
        middle = image.shape[0] // 2
        seen += bool(image[middle, middle, 0])
    return seen


@pytest.mark.parametrize(
    "layers", [[Layer(3)], [Layer(3), Layer(3)], [Layer(3, 2), Layer(2, 2), Layer(3)], [Layer(3, 1, 1, 2), Layer(5, 2, 2)]]
)
def test_receptive_field_is_what_changes_a_unit(layers: list[Layer]) -> None:
    assert receptive_fields(layers)[-1] == seen_units(layers)[0] == influence(layers, 41)


def test_two_layers_of_three_see_as_much_as_one_of_five_with_fewer_weights() -> None:
    assert receptive_fields([Layer(3), Layer(3)]) == [3, 5]
    assert 2 * volume(32, 16, Layer(3, padding=1, filters=16)).parameters < volume(32, 16, Layer(5, padding=2, filters=16)).parameters


def test_a_dense_unit_has_a_weight_for_each_number_of_the_image() -> None:
    assert dense_parameters(16, 3, 1) == 768 + 1 and dense_parameters(300, 3, 1) == 270_000 + 1


@pytest.mark.parametrize("parameters", [500, 9_930, 200_000])
def test_equal_width_is_the_closest_there_is(parameters: int) -> None:
    def weights(units: int) -> int:
        return dense_parameters(16, 1, units) + (units + 1) * 10

    found = equal_width(16, 1, 10, parameters)
    assert abs(weights(found) - parameters) <= min(abs(weights(other) - parameters) for other in range(1, 1000))


def test_sizes_can_be_halved_as_often_as_two_divides_them() -> None:
    assert [halvings(size) for size in (1, 6, 32, 224, 227)] == [0, 1, 5, 5, 0]


# The last layer.
SCORES, RIGHT = DRAW.normal(0, 2, (40, 6)), DRAW.integers(0, 6, 40)


@pytest.mark.keras
def test_both_losses_are_those_that_nets_are_trained_with() -> None:
    import keras

    from dlcore.losses._multiclass_hinge import MulticlassHinge

    softmax = keras.losses.sparse_categorical_crossentropy(RIGHT, SCORES, from_logits=True)
    np.testing.assert_allclose(last_layer.cross_entropy(SCORES, RIGHT), np.asarray(softmax), rtol=1e-6)
    hinge = MulticlassHinge(reduction="none")(RIGHT, keras.ops.convert_to_tensor(SCORES, "float32"))
    np.testing.assert_allclose(last_layer.hinge(SCORES, RIGHT), np.asarray(hinge), rtol=1e-5, atol=1e-5)


def test_cross_entropy_is_scikit_learns_log_loss() -> None:
    from sklearn.metrics import hinge_loss, log_loss

    probabilities = last_layer.softmax(SCORES)
    assert last_layer.cross_entropy(SCORES, RIGHT).mean() == pytest.approx(log_loss(RIGHT, probabilities, labels=range(6)))
    # With two classes the sum has one rival: scikit-learn's (Crammer & Singer's) hinge, which looks at the strongest one, agrees.
    two, right = SCORES[:, :2], RIGHT % 2
    assert last_layer.hinge(two, right).mean() == pytest.approx(hinge_loss(right, two[:, 1] - two[:, 0], labels=[0, 1]))


def test_slopes_are_finite_differences() -> None:
    softmax, hinge = last_layer.slopes(SCORES, RIGHT)
    for loss, slope in ((last_layer.cross_entropy, softmax), (last_layer.hinge, hinge)):
        for place in range(6):
            step = 1e-6 * np.eye(6)[place]
            measured = (loss(SCORES + step, RIGHT) - loss(SCORES - step, RIGHT)) / 2e-6
            np.testing.assert_allclose(slope[:, place], measured, atol=1e-4)


def test_hinge_is_content_beyond_the_margin_and_softmax_never_is() -> None:
    margins = np.array([-2.0, 0.0, 0.5, 1.0, 4.0])
    softmax, hinge = last_layer.against_rivals(margins, 3)
    np.testing.assert_allclose(hinge, 3 * np.maximum(0, 1 - margins))
    np.testing.assert_allclose(softmax, np.log(1 + 3 * np.exp(-margins)))
    assert (softmax > 0).all() and hinge[-1] == 0


def test_slopes_over_the_margin_are_finite_differences() -> None:
    margins = np.array([-2.0, 0.0, 0.5, 1.5, 4.0])
    up, down = last_layer.against_rivals(margins + 1e-6, 7), last_layer.against_rivals(margins - 1e-6, 7)
    for above, below, slope in zip(up, down, last_layer.rival_slopes(margins, 7), strict=True):
        np.testing.assert_allclose(slope, (above - below) / 2e-6, atol=1e-6)


def test_softmax_stands_scores_of_any_size() -> None:
    scores = np.array([[1000.0, 0.0], [-1000.0, 1000.0]])
    np.testing.assert_allclose(last_layer.softmax(scores), [[1, 0], [0, 1]])
    np.testing.assert_allclose(last_layer.cross_entropy(scores, np.array([0, 0])), [0, 2000])


# The walk.
NETS = {name: walk.read(Path(__file__).parents[2] / "data" / f"walk_{name}.npz") for name in ("digits", "clothes")}


@pytest.mark.keras
@pytest.mark.parametrize("net", NETS.values(), ids=list(NETS))
def test_the_walk_ends_where_keras_ends(net: walk.Net) -> None:
    import keras

    layers = keras.layers
    model = keras.Sequential([
        keras.Input(net.images.shape[1:]), layers.Conv2D(net.layer.filters, net.layer.side, padding="same", activation="relu"),
        layers.MaxPooling2D(net.pool), layers.Flatten(), layers.Dense(len(net.classes), activation="softmax"),
    ])  # fmt: skip
    model.set_weights([net.filters, net.bias, net.weights, net.last_bias])
    ours = np.stack([walk.walk(net, image).probabilities for image in net.images])
    np.testing.assert_allclose(ours, np.asarray(model(net.images)), atol=1e-5)


def test_the_nets_of_the_walk_are_as_often_right_as_the_page_says() -> None:
    """On the images that its training left out; the page's number was measured as the net was made."""
    from dlcore.engine import data
    from dlcore.experiment import Experiment

    with np.load(Path(__file__).parents[2] / "data" / "walk_digits.npz") as file:
        prepared = data.prepare(Experiment.from_json(str(file["experiment"])))
    said = [int(walk.walk(NETS["digits"], image).scores.argmax()) for image in prepared.x_val]
    assert np.mean(said == prepared.y_val) == pytest.approx(NETS["digits"].accuracy)
    assert NETS["digits"].accuracy > 0.9 and NETS["clothes"].accuracy > 0.8


@pytest.mark.parametrize("net", NETS.values(), ids=list(NETS))
def test_shapes_on_the_way_are_those_of_the_course(net: walk.Net) -> None:
    found = walk.walk(net, net.images[3])
    side, maps = net.side, net.layer.filters
    assert [volume.shape for volume in found.volumes[1:]] == [(side, side, maps)] * 2 + [(side // net.pool, side // net.pool, maps)]
    assert (found.bent >= 0).all() and found.probabilities.sum() == pytest.approx(1)
