"""The parts of an exported script that are the same for every run."""

from __future__ import annotations

BATCHES = '''class Batches(keras.utils.PyDataset):
    """The training rows in the run's order: epoch e (from 0) goes through default_rng([SEED, e]).permutation(rows)."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        super().__init__()
        self.x, self.y = x, y
        self.size = BATCH_SIZE or len(x)
        self.steps = -(-len(x) // self.size)  # the last batch may be smaller
        self.shuffle(0)

    def shuffle(self, epoch: int) -> None:
        self.order = np.random.default_rng([SEED, epoch]).permutation(len(self.x))

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple:
        rows = self.order[index * self.size : (index + 1) * self.size]
        return self.x[rows], self.y[rows]'''

RATES = '''class Rates(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate of every step, looked up in an array."""

    def __init__(self, rates: np.ndarray) -> None:
        self.rates = tf.constant(rates, "float32")

    def __call__(self, step: Any) -> Any:
        return tf.gather(self.rates, tf.cast(step, "int32"))'''

MAIN = """def main() -> None:
    options = argparse.ArgumentParser(description="Trains the model again.")
    options.add_argument("--out", metavar="FILE", help="write the history here, as JSON")
    options.add_argument("--save", metavar="FILE", help="save the trained model here (.keras)")
    arguments = options.parse_args()
    model, history = train()
    if arguments.out:
        with open(arguments.out, "w", encoding="utf-8") as file:
            json.dump(history, file)
    if arguments.save:
        model.save(arguments.save)


if __name__ == "__main__":
    main()"""
