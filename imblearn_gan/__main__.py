"""Run the command: ``python -m imblearn_gan``."""

import sys

from imblearn_gan._command import main

if __name__ == "__main__":
    sys.exit(main())
