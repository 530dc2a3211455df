"""SATOSA with a gauge around it, for gunicorn in SATOSA's own environment.

What is imported by name is there and not here: `gauge.py` lies beside this file's copy.
"""

import json
import os
from importlib import import_module
from pathlib import Path

_CONFIG = json.loads(Path(os.environ["SATOSA_JSON"]).read_text())
_MADE = import_module("satosa.satosa_config").SATOSAConfig(_CONFIG)

app = import_module("gauge").gauged(import_module("satosa.proxy_server").make_app(_MADE))
