"""Trees: a net that composes along a tree, not along a chain."""

from __future__ import annotations

from dlcore.charts import expression as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import trees
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 3
FIELDS = (
    Field(
        "expression",
        "text",
        "((1 + 2) * (3 + 4)) - ((5 + 6) * (7 - 8))",
        "Expression",
        "Whole numbers with +, −, × and brackets.",
        maximum=trees.LONGEST,
    ),
    Field("leaf", "int", 1, "Number to follow", "Counted from the left.", 1, 16),
)
IDEA = r"""
Some sequences have a structure that a chain does not show. In $(3+4)\times 2$ the sum comes first, wherever it stands; a sentence has
clauses, a formula has brackets, a program has blocks. A **tree** says what belongs together.

A **recursive net** composes along that tree. One small net, the same at every joint, makes one vector of two:

$$h = \tanh\big(W_{\text{left}}\,h_{\text{left}} + W_{\text{right}}\,h_{\text{right}} + b\big)$$

$h_{\text{left}}$ and $h_{\text{right}}$ are the vectors of the two parts, the $W$ are matrices of weights, $b$ a bias. Numbers start as
vectors of their own; the vector at the root stands for the whole. A recurrent net is the special case of a tree that leans all to one
side.

**Depth.** Between the first of $\tau$ symbols and the answer a chain composes about $\tau$ times. A balanced tree does it
$\log_2 \tau$ times: 1,000 symbols, ten compositions. Less depth means that less of the gradient is lost. That is the *best* case. A tree
that leans, such as $1+(2+(3+(4+5)))$, is as deep as a chain: type it in.

**Where the tree comes from.** For expressions and programs a parser gives it. For language it has to be guessed, by a parser or by the
net itself; a balanced tree that ignores the meaning is a choice too.
"""


def compared(values: Values, look: Look) -> Answer:
    tree = trees.parse(values.word("expression"))
    leaf = min(values.whole("leaf"), tree.leaves) - 1
    numbers = [
        ("It comes to", f"{tree.value:,}".replace("-", "−")), ("Numbers in it", f"{tree.leaves}"), ("Depth of the tree", f"{tree.depth}"),
        ("Of the chain", f"{len(tree.symbols())}"), ("Least possible", f"{trees.balanced_depth(tree.leaves)}"),
    ]  # fmt: skip
    spots = [charts.Spot(node.symbol, node.value, across, down, parent) for node, across, down, parent in trees.places(tree)]
    return Answer(charts.tree(spots, tree.symbols(), leaf, look.colours), numbers)


TOPIC = Topic(
    name="trees",
    title="Trees",
    lead="Compose along what belongs together, and the way is a logarithm as long. Pollack, 1990; Socher and others, 2011.",
    idea=IDEA,
    base=Experiment().with_(**{"dataset": "expressions", "dataset.leaves": 8, "model": "tree", "epochs": 20}),
    matter=("dataset", "dataset.leaves", "model", "units", "learning_rate", "epochs"),
    parts=(Try("Try it: your own expression", FIELDS, compared),),
    compare=(
        Comparison("Tree or chain?", "The rest when an expression is divided by 3; always saying the commonest is right in under half.", (
            Case("tree", {"model": "tree"}), Case("chain, simple", {"model": "rnn", "model.cell": "simple"}),
            Case("chain, LSTM", {"model": "rnn", "model.cell": "lstm"}),
        )),
        Comparison("Does the shape matter?", "The same net on balanced trees, on any trees, and on trees that lean all to one side.", (
            Case("balanced", {"dataset.tree": "balanced"}), Case("any", {"dataset.tree": "random"}),
            Case("leaning", {"dataset.tree": "chain"}),
        )),
    ),
    curves=("accuracy", "loss"),
    misprints=(
        "“The depth can be reduced from τ to O(log τ).” For a balanced tree. A tree that leans is as deep as a chain.",
    ),
    sources=(
        "Pollack, J. (1990). Recursive distributed representations. Artificial Intelligence 46.",
        "Socher, R., Lin, C., Ng, A. & Manning, C. (2011). Parsing natural scenes and natural language with recursive nets. ICML.",
        "Goodfellow, I., Bengio, Y. & Courville, A. (2016). Deep learning, section 10.6.",
    ),
    opens={"sequence_end": "Next: how a net knows that it has come to the end"},
)  # fmt: skip

show(TOPIC)
