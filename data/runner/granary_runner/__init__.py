# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the service runner; main.py is the front, worker.py what runs a model's code."""
