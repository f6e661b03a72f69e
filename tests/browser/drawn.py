"""The drawn picture of a topic page: found, compared, and changed by a slider."""

from __future__ import annotations

from typing import Any

from dlcore.ui import navigation

COURSE = ("deep_learning", "ann", "hyper_parameters", "cnn", "rnn")
# Topics; beside them an exercise may be a page of another kind.
PAGES = [leaf for leaf in navigation.leaves(navigation.PAGES) if leaf.group in COURSE and "TOPIC = " in leaf.path.read_text()]
DRAWING = ".drawing svg"
# Nothing on the page is still being drawn.
DRAWN = """() => document.querySelector('.stMain h1')
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'"""
PATIENCE_MS = 60_000
# What a learner moves first on each page: the slider's words, and the key that moves it.
MOVED = {
    "what": ("Year", "ArrowLeft"), "mcculloch-pitts": ("Threshold θ", "ArrowRight"), "perceptron": ("Step", "ArrowRight"),
    "tsne": ("Perplexity", "End"), "activations": ("x", "ArrowRight"), "backpropagation": ("Step", "ArrowRight"),
    "optimizers": ("Condition number κ", "End"), "batches": ("Learning rate", "ArrowRight"), "learning-rate": ("Learning rate ε", "End"),
    "biases": ("Bias at start b", "ArrowLeft"), "weights": ("Layers", "End"), "weight-decay": ("Strength λ", "ArrowRight"),
    "dropout": ("Dropout rate p", "ArrowRight"), "early-stopping": ("Patience", "ArrowLeft"),
    "dense": ("Width W (pixels)", "ArrowRight"), "walk": ("Image", "ArrowRight"), "layers": ("Filter F", "ArrowRight"),
    "receptive-field": ("Width W", "Home"), "pooling": ("Side", "ArrowRight"), "last-layer": ("Margin", "ArrowRight"),
    "cnn-ann": ("Kernel", "ArrowRight"),
}  # fmt: skip


def picture(page: Any) -> str:
    return str(page.locator(DRAWING).first.evaluate("drawing => drawing.innerHTML"))


def wait_until(page: Any, sign: str, picture: str) -> None:
    """Until the picture is (sign "===") or is not ("!==") that one. A component's elements lie behind a root of their own."""
    page.locator(DRAWING).first.evaluate(
        f"""(drawing, other) => new Promise((done, fail) => {{
          const root = drawing.getRootNode(), latest = Date.now() + {PATIENCE_MS};
          const look = () => {{
            if (root.querySelector(".drawing svg")?.innerHTML {sign} other) done();
            else if (Date.now() > latest) fail(new Error("the picture did not change as it should"));
            else setTimeout(look, 30);
          }};
          look();
        }})""",
        picture,
    )


def move(page: Any, label: str, key: str) -> None:
    """Presses a key on the slider with these words, the one beside the picture where the form has such a slider too."""
    named = page.get_by_test_id("stSlider").filter(has=page.get_by_text(label, exact=True))
    named.last.get_by_role("slider").press(key)
