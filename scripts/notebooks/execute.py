"""Runs a notebook through its kernel and writes it back with its outputs: execute.py <notebook> <working directory>."""

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

path, directory = sys.argv[1:]
notebook = nbformat.read(path, as_version=4)


def started(cell, cell_index):
    if cell.cell_type == "code":
        print(f"cell {cell_index + 1} of {len(notebook.cells)}", flush=True)


client = NotebookClient(
    notebook,
    kernel_name="lemmata",
    timeout=None,
    startup_timeout=120,
    record_timing=False,
    resources={"metadata": {"path": directory}},
    on_cell_start=started,
)
try:
    client.execute()
except CellExecutionError as error:
    sys.exit(f"error: {error}")
finally:
    nbformat.write(notebook, path)
