"""What a live lesson settles while it is prepared, and every member's kernel then shares.

The cells of a live lesson may run once, before any member comes; each member's kernel is then a
copy of that process. So what a cell reads, opens or draws at its top level is old, closed or the
same for everybody. The bodies of functions run later, for one member, and are not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from weike.lessons.catalogue import LessonSource
from weike.lessons.checking.code import dotted, imported, python_cells
from weike.lessons.finding import Finding, warning
from weike.quizzes.i18n import _

# Packages whose widgets need a kernel of the member's own.
_WIDGETS = frozenset(
    {"ipywidgets", "anywidget", "ipyleaflet", "ipympl", "bqplot", "ipycanvas", "ipyvuetify"}
    | {"ipyvolume", "ipydatagrid", "ipyevents", "ipytree", "pythreejs", "nglview", "solara"}
    | {"wigglystuff", "drawdata", "lonboard", "jupyter_scatter", "jscatter"}
)
_CLOCK = frozenset(
    {f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")}
    | {"datetime.date.today", "pandas.Timestamp.now", "pandas.Timestamp.today"}
    | {f"pandas.Timestamp.{name}" for name in ("utcnow",)}
    | {f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime")}
    | {f"time.{name}" for name in ("monotonic", "perf_counter", "process_time", "asctime")}
)
_NOW = frozenset({"pandas.Timestamp", "pandas.to_datetime", "numpy.datetime64"})
_GENERATORS = frozenset(
    {"random.Random", "random.SystemRandom", "numpy.random.default_rng", "numpy.random.Generator"}
    | {"numpy.random.RandomState", "numpy.random.PCG64", "numpy.random.SeedSequence"}
)
_CHANCE = ("random.", "numpy.random.", "secrets.", "uuid.uuid")
_SEEDS = frozenset({"random.seed", "numpy.random.seed", "random.getstate", "random.setstate"})
_FILES = frozenset(
    {"open", "io.open", "os.open", "os.fdopen", "codecs.open", "gzip.open", "bz2.open"}
    | {"lzma.open", "zipfile.ZipFile", "tarfile.open", "shelve.open", "mmap.mmap"}
    | {"tempfile.TemporaryFile", "tempfile.NamedTemporaryFile", "tempfile.TemporaryDirectory"}
    | {"tempfile.mkdtemp", "tempfile.mkstemp", "h5py.File", "netCDF4.Dataset"}
)
_CONNECTIONS = frozenset(
    {"sqlite3.connect", "psycopg.connect", "psycopg2.connect", "pymysql.connect"}
    | {"sqlalchemy.create_engine", "duckdb.connect", "redis.Redis", "pymongo.MongoClient"}
    | {"requests.Session", "requests.session", "httpx.Client", "httpx.AsyncClient"}
    | {"socket.socket", "socket.create_connection", "urllib.request.urlopen", "ssl.wrap_socket"}
    | {"http.client.HTTPConnection", "http.client.HTTPSConnection", "aiohttp.ClientSession"}
    | {"zmq.Context", "serial.Serial", "ftplib.FTP", "smtplib.SMTP"}
)
_THREADS = frozenset(
    {"threading.Thread", "threading.Timer", "_thread.start_new_thread", "subprocess.Popen"}
    | {"concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor"}
    | {"multiprocessing.Process", "multiprocessing.Pool", "multiprocessing.Manager"}
    | {"multiprocessing.pool.ThreadPool", "os.fork", "asyncio.create_task"}
    | {"asyncio.ensure_future", "asyncio.new_event_loop", "asyncio.get_event_loop"}
    | {"asyncio.run", "asyncio.run_coroutine_threadsafe"}
)
_CARD = frozenset(
    {"torch.cuda.init", "torch.cuda.set_device", "torch.cuda.synchronize", "torch.cuda.Stream"}
    | {"torch.cuda.get_device_name", "torch.cuda.current_device", "jax.devices"}
    | {"tensorflow.config.list_physical_devices", "cupy.array", "cupy.asarray", "cupy.zeros"}
)
_ENVIRONMENT = frozenset(
    {"os.getenv", "os.environ.get", "os.getpid", "os.getlogin", "getpass.getuser"}
    | {"socket.gethostname", "platform.node", "os.uname"}
)


def looks_live(source: LessonSource) -> bool:
    """Whether a lesson seems to show widgets; running it tells for certain."""
    return any(
        name.partition(".")[0] in _WIDGETS
        for code in python_cells(source)
        for name in imported(code.tree).values()
    )


def fork_findings(source: LessonSource) -> Iterator[Finding]:
    cells = list(python_cells(source))
    names: dict[str, str] = {}
    inside = {name for code in cells for name in _used_in_functions(code.tree)}
    for code in cells:
        names |= imported(code.tree)
        for node, held in _at_once(code.tree):
            said = _said(node, names, held, inside)
            if said is not None:
                yield warning(
                    said.message,
                    said.repair,
                    file=source.name,
                    cell=code.number,
                    line=getattr(node, "lineno", None),
                )


@dataclass(frozen=True, slots=True)
class _Place:
    """How a value that is made at once is held: by `with`, or under names."""

    closed: bool = False
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Said:
    message: str
    repair: str


def _said(node: ast.AST, names: dict[str, str], held: _Place, inside: set[str]) -> _Said | None:
    if isinstance(node, ast.Subscript):
        shared = dotted(node.value, names) == "os.environ" and isinstance(node.ctx, ast.Load)
        return _environment("os.environ") if shared else None
    if not isinstance(node, ast.Call):
        return None
    name = dotted(node.func, names)
    if name in _CLOCK or (name in _NOW and _says_now(node)):
        return _Said(
            _("{name} is read once, before any member comes: all see the same time").format(
                name=name
            ),
            _("read it inside a function that runs when a member touches something"),
        )
    if name in _GENERATORS:
        if node.args and not held.names & inside:
            return None  # seeded on purpose, and used up here
        return _Said(
            _("{name} is made once: every member draws the same numbers").format(name=name),
            _("make it inside the function that draws"),
        )
    if name.startswith(_CHANCE) and name not in _SEEDS:
        return _Said(
            _("{name} is drawn once: every member gets the same").format(name=name),
            _("draw inside a function that runs when a member touches something"),
        )
    if (name in _FILES or _opens(node, names)) and not held.closed:
        return _Said(
            _("{name} leaves a file open, which all members would share").format(
                name=name or "open"
            ),
            _("open it with “with”, or inside a function"),
        )
    if name in _CONNECTIONS and not held.closed:
        return _Said(
            _("{name} opens a connection that does not survive until a member comes").format(
                name=name
            ),
            _("connect inside a function, or read the data from a file beside the lesson"),
        )
    if name in _THREADS and not held.closed:
        return _Said(
            _("{name} starts what a copy of the process does not have").format(name=name),
            _("start it inside a function, or do without it"),
        )
    if name in _CARD or _on_card(node):
        return _Said(
            _("{name} begins to use the graphics card, which copies cannot share").format(
                name=name or ast.unparse(node.func)
            ),
            _("compute without it, or in a function that runs when a member touches something"),
        )
    return _environment(name) if name in _ENVIRONMENT else None


def _environment(name: str) -> _Said:
    return _Said(
        _("{name} is read on the server, before any member comes").format(name=name),
        _("write the value into the lesson, or leave it out"),
    )


def _opens(node: ast.Call, names: dict[str, str]) -> bool:
    """Whether this is `path.open()`, and no function `open` of some package."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "open":
        return False
    return not (isinstance(node.func.value, ast.Name) and node.func.value.id in names)


def _on_card(node: ast.Call) -> bool:
    """`model.cuda()`, `model.to("cuda")`, `tensor(…, device="cuda:0")`."""
    attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if attribute == "cuda" and not node.args:
        return True
    given = [one.value for one in node.keywords if one.arg == "device"]
    given += node.args[:1] if attribute == "to" else []
    return any(
        isinstance(one, ast.Constant) and str(one.value).partition(":")[0] == "cuda"
        for one in given
    )


def _says_now(node: ast.Call) -> bool:
    return any(
        isinstance(given, ast.Constant) and given.value in ("now", "today") for given in node.args
    )


def _at_once(tree: ast.Module) -> Iterator[tuple[ast.AST, _Place]]:
    """Every expression that runs with the cell itself, and how its value is held."""
    yield from _walk(tree, _Place())


def _walk(node: ast.AST, held: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    yield node, held
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        # Its body runs later; decorators and default values are settled now.
        parts: list[ast.AST | None] = [*node.args.defaults, *node.args.kw_defaults]
        parts += getattr(node, "decorator_list", [])
        for part in parts:
            if part is not None:
                yield from _walk(part, _Place())
        return
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child, _held(node, name, held))


def _held(node: ast.AST, field: str, held: _Place) -> _Place:
    if isinstance(node, ast.withitem) and field == "context_expr":
        return _Place(closed=True)
    if isinstance(node, ast.Assign) and field == "value":
        return _Place(names=frozenset(t.id for t in node.targets if isinstance(t, ast.Name)))
    if isinstance(node, ast.AnnAssign | ast.NamedExpr) and field == "value":
        target = node.target
        return _Place(names=frozenset({target.id} if isinstance(target, ast.Name) else ()))
    if isinstance(node, ast.Call | ast.Attribute | ast.Await):
        return _Place(closed=held.closed)  # what is made of a value is not the value
    return held


def _used_in_functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            body = node.body if isinstance(node.body, list) else [node.body]
            for part in body:
                yield from (n.id for n in ast.walk(part) if isinstance(n, ast.Name))
