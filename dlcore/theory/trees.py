"""Arithmetic expressions as trees, and how many times a net must compose to read one: as a tree, or symbol by symbol as a chain.

A recursive net makes one vector of two at each node (Pollack 1990; Socher, Lin, Ng & Manning 2011), so its depth is the tree's; a chain
goes through every symbol. Depth log₂ of the leaves is the best case: a balanced tree.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

from dlcore.errors import Invalid

SYMBOLS = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×"}
LONGEST, LEAVES = 200, 40
HINT = "Write whole numbers with +, -, * and brackets, for example (3 + 4) * 2."


@dataclass(frozen=True)
class Node:
    """symbol: "+", "−" or "×" for a pair, the number itself for a leaf. value: what it comes to."""

    symbol: str
    value: int
    children: tuple[Node, ...] = ()

    @property
    def leaves(self) -> int:
        return sum(child.leaves for child in self.children) if self.children else 1

    @property
    def depth(self) -> int:
        """Compositions between the deepest leaf and the root: 0 for a single number."""
        return 1 + max(child.depth for child in self.children) if self.children else 0

    def symbols(self, outer: bool = True) -> list[str]:
        """The expression with a pair of brackets around each pair but the root, symbol by symbol; a negative number is one symbol."""
        if not self.children:
            return [self.symbol]
        inside = [*self.children[0].symbols(False), self.symbol, *self.children[1].symbols(False)]
        return inside if outer else ["(", *inside, ")"]

    def text(self) -> str:
        return " ".join(self.symbols())


def parse(text: str) -> Node:
    """The tree of an expression of whole numbers, +, −, × and brackets. Nothing is evaluated as code. `Invalid` says what is wrong."""
    plain = text.replace("−", "-").replace("×", "*").replace("·", "*").strip()
    if not plain:
        raise Invalid("There is no expression.", HINT)
    if len(plain) > LONGEST:
        raise Invalid(f"The expression has {len(plain)} characters; {LONGEST} are allowed.", HINT)
    try:
        read = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Invalid(f"“{text}” is no expression: {_reason(plain)}.", HINT) from None
    tree = _node(read)
    if tree.leaves > LEAVES:
        raise Invalid(f"The expression has {tree.leaves} numbers; {LEAVES} are allowed.", HINT)
    return tree


def balanced_depth(leaves: int) -> int:
    """The least depth a tree of so many leaves can have: ⌈log₂ leaves⌉."""
    return math.ceil(math.log2(leaves)) if leaves > 1 else 0


def places(tree: Node) -> list[tuple[Node, float, int, int]]:
    """Each node with its place across (leaves at 0, 1, … in reading order, a pair midway between its parts), its depth from the root, and
    the number of its parent in this list (−1 for the root). The root is first."""
    found: list[tuple[Node, float, int, int]] = []
    seen = 0

    def visit(node: Node, down: int, parent: int) -> float:
        nonlocal seen
        own = len(found)
        found.append((node, 0.0, down, parent))
        if node.children:
            across = sum(visit(child, down + 1, own) for child in node.children) / len(node.children)
        else:
            across, seen = float(seen), seen + 1
        found[own] = (node, across, down, parent)
        return across

    visit(tree, 0, -1)
    return found


def _node(read: ast.expr) -> Node:
    if isinstance(read, ast.Constant) and type(read.value) is int:
        if read.value > 999:
            raise Invalid(f"{read.value} is too large: numbers go up to 999.", HINT)
        return Node(str(read.value), read.value)
    if isinstance(read, ast.UnaryOp) and isinstance(read.op, ast.USub) and isinstance(read.operand, ast.Constant):
        inside = _node(read.operand)
        return Node(f"−{inside.symbol}", -inside.value)
    if isinstance(read, ast.BinOp) and type(read.op) in SYMBOLS:
        left, right, symbol = _node(read.left), _node(read.right), SYMBOLS[type(read.op)]
        value = {"+": left.value + right.value, "−": left.value - right.value, "×": left.value * right.value}[symbol]
        return Node(symbol, value, (left, right))
    raise Invalid(f"“{ast.unparse(read)}” is not allowed here.", HINT)


def _reason(text: str) -> str:
    strange = [letter for letter in text if letter not in "0123456789+-*() "]
    if strange:
        return f"“{strange[0]}” is neither a digit nor a sign"
    if text.count("(") != text.count(")"):
        return "a bracket is missing"
    if text[-1] in "+-*":
        return f"it ends with “{text[-1]}”"
    return "two numbers stand beside each other without a sign, or a number is missing"
