"""Where Node is: the environment's own, which the dev requirements bring, or the machine's."""

import shutil
import sys
from pathlib import Path


def node_command() -> list[str]:
    own = Path(sys.executable).parent / "node"
    found = str(own) if own.exists() else shutil.which("node")
    assert found, "Node is missing. Run `make test`, which installs it."
    return [found]
