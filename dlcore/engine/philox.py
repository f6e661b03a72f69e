"""Uniform numbers for dropout masks: those of `tf.random.stateless_uniform` under XLA, bit by bit, in a fraction of its time.

XLA turns the generator into one loop over the numbers. A block of Philox gives four of them, and that loop works out the block anew for
each. Here the ten rounds are a loop around the blocks: each round is a few short vector loops, and each block is worked out once
(64 × 256 numbers: 50 µs, not 125).

Philox 4×32-10: Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
"""

from __future__ import annotations

import math

import tensorflow as tf

ROUNDS = 10
MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
WEYL = 0x9E3779B9, 0xBB67AE85  # what is added to the two words of the key after each round
Words = tuple[tf.Tensor, ...]


def is_quicker(like: tf.Tensor) -> bool:
    """Whether numbers for `like` can be made here and gain by it. Whether a GPU gains, which begins a kernel for each loop, is unknown."""
    return like.dtype == tf.float32 and like.shape.is_fully_defined() and not tf.config.list_physical_devices("GPU")


def uniform(shape: list[int], key: tf.Tensor, counter: tf.Tensor) -> tf.Tensor:
    """float32 numbers of `shape` in [0, 1). key: (1,) uint64, counter: (2,) uint64, as `StatelessRandomGetKeyCounter` gives them."""
    count = math.prod(shape)
    words = _rounds(_blocks(counter, -(-count // 4)), _halves(key[0]))
    numbers = tf.reshape(tf.reshape(tf.stack(words, axis=1), [-1])[:count], shape)
    # 23 random bits as the mantissa of a number in [1, 2).
    mantissas = tf.bitwise.bitwise_or(tf.bitwise.right_shift(numbers, tf.constant(9, tf.uint32)), tf.constant(0x3F800000, tf.uint32))
    return tf.bitcast(mantissas, tf.float32) - 1.0


def _blocks(counter: tf.Tensor, count: int) -> Words:
    """The 128-bit counters of `count` blocks, as four words of 32 bits, the lowest first; each (count,) uint32."""
    places = tf.cast(tf.range(count), tf.uint64)
    low = counter[0] + places
    carried = tf.cast(low < places, tf.uint64)
    return *_halves(low), *_halves(counter[1] + carried)


def _halves(number: tf.Tensor) -> Words:
    """The lower and the upper 32 bits of 64."""
    return tf.cast(number, tf.uint32), tf.cast(tf.bitwise.right_shift(number, tf.constant(32, tf.uint64)), tf.uint32)


def _rounds(blocks: Words, key: Words) -> Words:
    """Two rounds a turn: with one, copying the words takes as long again."""

    def two(turn: tf.Tensor, *words: tf.Tensor) -> Words:
        return turn + 1, *_round(*_round(*words))

    return tf.while_loop(lambda turn, *_: turn < ROUNDS // 2, two, (tf.constant(0), *blocks, *key))[1:5]


def _round(c0: tf.Tensor, c1: tf.Tensor, c2: tf.Tensor, c3: tf.Tensor, k0: tf.Tensor, k1: tf.Tensor) -> Words:
    (low0, high0), (low1, high1) = _product(c0, MULTIPLIERS[0]), _product(c2, MULTIPLIERS[1])
    xor = tf.bitwise.bitwise_xor
    after = k0 + tf.constant(WEYL[0], tf.uint32), k1 + tf.constant(WEYL[1], tf.uint32)
    return xor(xor(high1, c1), k0), low1, xor(xor(high0, c3), k1), low0, *after


def _product(word: tf.Tensor, factor: int) -> Words:
    """Lower and upper half of a product of two words."""
    return _halves(tf.cast(word, tf.uint64) * tf.constant(factor, tf.uint64))
