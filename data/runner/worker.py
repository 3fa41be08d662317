# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that runs the code of a model: worker.py MODEL-DIR ONNX STAGE INDEX PARENT

Started by the front with one end of a pair of sockets as descriptor 3; its standard output and
error are the log of the service. See granary_runner/handlers.py for what it does with a request.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    sys.path.insert(0, HERE)
    from granary_runner import work  # pylint: disable=import-outside-toplevel
    # The parts of the runner are loaded; a model finds no more than what is meant for it.
    sys.path[0] = os.path.join(HERE, 'modules')
    folder, onnx, stage, index, parent = sys.argv[1:6]
    sys.argv[1:] = []
    work.run(folder, onnx, int(stage), int(index), int(parent))


# Processes that a model starts through multiprocessing import this file again.
if __name__ == '__main__':
    main()
