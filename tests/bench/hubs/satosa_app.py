"""SATOSA with a gauge around it, for gunicorn in SATOSA's own environment."""

import json
import os
from pathlib import Path

from gauge import gauged
from satosa.proxy_server import make_app
from satosa.satosa_config import SATOSAConfig

app = gauged(make_app(SATOSAConfig(json.loads(Path(os.environ["SATOSA_JSON"]).read_text()))))
