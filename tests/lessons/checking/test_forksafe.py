"""What the kernels of a live lesson would share is named, with its line and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from weike.lessons.checking.forksafe import fork_findings, looks_live
from weike.lessons.lint import lint

WIDGETS = "import ipywidgets as widgets\n"


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("from datetime import datetime\nstart = datetime.now()", "datetime.datetime.now"),
        ("import datetime as dt\ntoday = dt.date.today()", "datetime.date.today"),
        ("import time\nt = time.time()", "time.time"),
        ("import pandas as pd\nt = pd.Timestamp('now')", "pandas.Timestamp"),
        ("import random\nr = random.Random()", "random.Random"),
        ("import numpy as np\nr = np.random.default_rng()", "numpy.random.default_rng"),
        ("from random import choice\nx = choice('ab')", "random.choice"),
        ("import numpy as np\nx = np.random.normal(size=3)", "numpy.random.normal"),
        ("import uuid\nx = uuid.uuid4()", "uuid.uuid4"),
        ("x = 1\nlog = open('log.txt', 'w')", "open"),
        ("import json\nx = json.load(open('a.json'))", "open"),
        ("from pathlib import Path\nf = Path('a').open()", "open"),
        ("import sqlite3\ndb = sqlite3.connect('a.db')", "sqlite3.connect"),
        ("import requests\ns = requests.Session()", "requests.Session"),
        ("import threading\nt = threading.Thread(target=print)", "threading.Thread"),
        (
            "from concurrent.futures import ThreadPoolExecutor\np = ThreadPoolExecutor()",
            "concurrent.futures.ThreadPoolExecutor",
        ),
        ("import torch\nmodel = torch.nn.Linear(2, 2).cuda()", "cuda"),
        ("import torch\nx = torch.zeros(3, device='cuda:0')", "torch.zeros"),
        ("model = 1\nmodel.to('cuda')", "model.to"),
        ("import subprocess\np = subprocess.Popen(['sleep', '9'])", "subprocess.Popen"),
        ("import os\nname = os.environ['USER']", "os.environ"),
        ("from os import environ\nname = environ['USER']", "os.environ"),
        ("import os\nname = os.getenv('USER')", "os.getenv"),
        ("import time\ndef f(at=time.time()): return at", "time.time"),
        ("import time\nif True:\n    pass; t = time.time()", "time.time"),
        (
            "import numpy as np\nr = np.random.default_rng(7)\ndef roll(): return r.random()",
            "numpy.random.default_rng",
        ),
    ],
)
def test_what_is_settled_too_early_is_named(folder: Any, code: str, word: str) -> None:
    source = folder.read("# One", folder.code(WIDGETS), folder.code(code))
    (finding,) = fork_findings(source)
    assert (finding.severity, finding.cell) == ("warning", 3)
    assert finding.line in (2, 3)
    assert word in finding.message
    assert finding.repair


@pytest.mark.parametrize(
    "code",
    [
        "import time\ndef f(_change):\n    return time.time()",
        "import random\nf = lambda: random.random()",
        "import numpy as np\nheights = np.random.default_rng(7).normal(170, 8, 50)",
        "with open('a.json') as file:\n    text = file.read()",
        "import sqlite3\nfrom contextlib import closing as c\nwith c(sqlite3.connect('a')): 1",
        "import random\nrandom.seed(3)",
        "import torch\nready = torch.cuda.is_available()\nx = torch.zeros(3).to('cpu')",
        "import subprocess\nsubprocess.run(['true'], check=True)",
        "import os\nos.environ['X'] = '1'",
        "from PIL import Image\npicture = Image.open('a.png')",
        "import time\nclass A:\n    def now(self): return time.time()",
        "%matplotlib inline\nx = 1",
    ],
)
def test_what_runs_later_or_is_closed_again_is_fine(folder: Any, code: str) -> None:
    source = folder.read("# One", folder.code(WIDGETS), folder.code(code))
    assert list(fork_findings(source)) == []


def test_only_a_lesson_that_shows_widgets_is_looked_at(folder: Any) -> None:
    clock = folder.code("import time\nt = time.time()")
    assert lint(folder.read("# One", clock), root=folder.root) == []
    live = folder.read("# One", folder.code(WIDGETS), clock)
    assert looks_live(live)
    (finding,) = lint(live, root=folder.root)
    assert (finding.cell, finding.line) == (3, 2)
