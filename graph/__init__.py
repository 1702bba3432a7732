"""The offline half of Coorbit: it makes and validates the dataset and keeps its versions."""
