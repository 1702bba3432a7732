"""The online half of Coorbit: it serves the versions that the offline half makes."""
