# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves one version of a model over HTTP."""
