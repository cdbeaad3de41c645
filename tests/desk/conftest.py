"""Where the scripts are that tests of the desk try a little of."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
