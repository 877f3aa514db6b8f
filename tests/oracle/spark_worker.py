"""Spark as a service: one warm JVM for a whole test run.

One JSON request per line on standard input, one JSON answer per line on standard output; requests run one at a time,
each in a session of its own, so that views, settings and queries do not leak from one test into the next.

    {"id":1,"op":"sql","setup":["CREATE TEMPORARY VIEW ..."],"query":"SELECT ...","conf":{}}   -> schema and typed rows
    {"id":2,"op":"analyze","setup":[...],"query":"SELECT ..."}                                 -> schema, nothing is run
    {"id":3,"op":"cases","setup":[...],"queries":["SELECT ...", ...]}      -> rows or error of each, independently
    {"id":4,"op":"job","path":"job.py","args":[...],"env":{},"timeout_ms":N}
        runs a generated job as `__main__`: its own `SparkSession.builder...getOrCreate()` gets this request's session.
        The answer comes when the script and every streaming query it started have ended. With `"apart":true` a query
        that fails does not stop the others, and the answer holds the `failures` by sink.

An argument `key=value` of the process is a setting of the root session; static ones (`spark.jars`) only work there.
When standard input ends, the process and its JVM end too, whatever they are doing.
"""

import contextlib
import io
import json
import os
import queue
import re
import runpy
import signal
import sys
import threading
import time
import traceback
from datetime import timezone

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import types as T

UTC = timezone.utc
DEFAULTS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "3g",
    # Each query is run once: most of the time of the other compiler and collector would be lost. By itself this compiler
    # gets 48 MiB for its code, which the classes of some hundred queries fill; then the JVM ends.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=512m",
    # What Spark keeps of finished queries for its pages and in its parser, of thousands of queries, fills the heap.
    "spark.ui.retainedJobs": "20",
    "spark.ui.retainedStages": "20",
    "spark.ui.retainedTasks": "100",
    "spark.sql.ui.retainedExecutions": "20",
    "spark.sql.streaming.ui.retainedQueries": "5",
    "spark.sql.parser.manageParserCaches": "true",
    "spark.sql.parser.parserDfaCacheFlushRatio": "5",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "2",
    "spark.sql.streaming.stopTimeout": "20s",
    "spark.sql.streaming.stateStore.maintenanceInterval": "3600s",
}


def cell(value, kind):
    """A value as JSON, spelled as `Cells.java` spells it for Flink."""
    if value is None:
        return None
    if isinstance(kind, T.DecimalType):
        return format(value, "f")
    if isinstance(kind, (T.FloatType, T.DoubleType)):
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "Infinity" if value > 0 else "-Infinity"
        return shortest_float(value) if isinstance(kind, T.FloatType) else value
    if isinstance(kind, T.BinaryType):
        return bytes(value).hex()
    if isinstance(kind, T.DateType):
        return value.isoformat()
    if isinstance(kind, T.TimestampNTZType):
        return value.isoformat(sep=" ", timespec="microseconds")
    if isinstance(kind, T.TimestampType):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds") + "Z"
    if isinstance(kind, T.ArrayType):
        return [cell(item, kind.elementType) for item in value]
    if isinstance(kind, T.MapType):
        pairs = [[cell(k, kind.keyType), cell(v, kind.valueType)] for k, v in value.items()]
        return sorted(pairs, key=lambda pair: json.dumps(pair[0]))
    if isinstance(kind, T.StructType):
        return [cell(item, field.dataType) for item, field in zip(value, kind.fields)]
    if isinstance(value, (bool, int, str)):
        return value
    return str(value)


def shortest_float(value: float) -> float:
    """The shortest decimal that is this 32-bit float."""
    import numpy

    return float(str(numpy.float32(value)))


def schema_of(frame) -> list:
    return [[f.name, f.dataType.simpleString() + ("" if f.nullable else " not null")] for f in frame.schema.fields]


def rows_of(frame) -> list:
    kinds = [field.dataType for field in frame.schema.fields]
    return [[cell(value, kind) for value, kind in zip(row, kinds)] for row in frame.collect()]


def error_of(error: BaseException) -> dict:
    described = {"class": type(error).__name__, "message": str(error)[:8000]}
    if isinstance(error, PySparkException):
        described["condition"] = error.getCondition()
    else:
        described["trace"] = traceback.format_exc()[-4000:]
    return described


def cause_of(message: str) -> str:
    """The error within those that only say that a query or a batch failed, before the message as it is."""
    outer = ("[STREAM_FAILED]", "[FOREACH_BATCH_USER_FUNCTION_ERROR]")
    causes = re.findall(r"\[[A-Z][A-Z0-9_.]+\] (?:(?!\[[A-Z][A-Z0-9_.]+\] )[^\n])+", message)
    causes = [cause for cause in causes if not cause.startswith(outer)]
    return "\n".join([*causes[:1], message])[:8000]


class Worker:
    def __init__(self, root: SparkSession) -> None:
        self.root = root
        self.session = root
        # A job builds and stops "its" session; here that is the session of the request.
        SparkSession.Builder.getOrCreate = lambda builder: self.session_for(builder)
        SparkSession.stop = lambda session: stop_queries(session)

    def session_for(self, builder) -> SparkSession:
        for key, value in dict(builder._options).items():
            with contextlib.suppress(Exception):  # static settings belong to the process
                self.session.conf.set(key, value)
        return self.session

    def activate(self, session) -> None:
        """As `getOrCreate` does: the JVM reads names by the settings of the session that is active in the thread."""
        SparkSession._instantiatedSession = session
        SparkSession._get_j_spark_session_class(session._jvm).setActiveSession(session._jsparkSession)

    def sql(self, query: str, setup=(), conf=None) -> dict:
        self.prepare(setup, conf)
        frame = self.session.sql(query)
        return {"schema": schema_of(frame), "rows": rows_of(frame)}

    def analyze(self, query: str, setup=(), conf=None) -> dict:
        self.prepare(setup, conf)
        return {"schema": schema_of(self.session.sql(query))}

    def cases(self, queries: list, setup=(), conf=None) -> dict:
        self.prepare(setup, conf)
        results = []
        for query in queries:
            try:
                frame = self.session.sql(query)
                results.append({"schema": schema_of(frame), "rows": rows_of(frame)})
            except Exception as error:
                results.append({"error": error_of(error)})
        return {"results": results}

    def prepare(self, setup, conf) -> None:
        for key, value in (conf or {}).items():
            self.session.conf.set(key, value)
        for statement in setup:
            self.session.sql(statement)

    def job(self, path: str, args=(), env=None, timeout_ms: int = 120_000, apart: bool = False) -> dict:
        folder = os.path.dirname(os.path.abspath(path))
        session = self.session
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            stop_queries(session)

        timer = threading.Timer(timeout_ms / 1000, expire)
        before = (list(sys.argv), list(sys.path), dict(os.environ), os.getcwd(), set(sys.modules))
        sys.argv = [path, *args]
        sys.path.insert(0, folder)
        os.environ.update(env or {})
        out = Lines()
        status = 0
        failures = {}
        timer.start()
        try:
            with contextlib.redirect_stdout(out):
                try:
                    if apart:
                        keep_apart(failures)
                    runpy.run_path(path, run_name="__main__")
                except SystemExit as leave:
                    status = leave.code if isinstance(leave.code, int) else 0 if leave.code is None else 1
                for query in session.streams.active:
                    query.awaitTermination()
        finally:
            timer.cancel()
            sys.argv[:], sys.path[:] = before[0], before[1]
            os.environ.clear()
            os.environ.update(before[2])
            os.chdir(before[3])
            for name in set(sys.modules) - before[4]:  # another build brings its own support module
                if str(getattr(sys.modules[name], "__file__", None) or "").startswith(folder):
                    del sys.modules[name]
            # Spark unloads the state of ended queries in its maintenance, which is not awaited here.
            session._jvm.org.apache.spark.sql.execution.streaming.state.StateStore.stop()
        if expired.is_set():
            raise TimeoutError(f"the job's queries still ran after {timeout_ms} ms and were stopped")
        return {"status": status, "stdout": out.text(), "failures": failures}

    def answer(self, request: dict) -> dict:
        operations = {"sql": self.sql, "analyze": self.analyze, "cases": self.cases, "job": self.job}
        arguments = {k: v for k, v in request.items() if k not in ("id", "op")}
        self.session = self.root.newSession()
        self.activate(self.session)
        try:
            return {"ok": True, "result": operations[request["op"]](**arguments)}
        except Exception as error:
            return {"ok": False, "error": error_of(error)}
        finally:
            stop_queries(self.session)
            self.activate(self.root)


class Lines(io.TextIOBase):
    """What was printed, in whole lines: `print` writes a line and its end apart, and queries print side by side."""

    def __init__(self) -> None:
        self.begun = {}
        self.lines = []

    def write(self, text: str) -> int:
        thread = threading.get_ident()
        begun = self.begun.pop(thread, "") + text
        if begun.endswith("\n"):
            self.lines.append(begun)
        else:
            self.begun[thread] = begun
        return len(text)

    def text(self) -> str:
        return "".join([*self.lines, *self.begun.values()])


def keep_apart(failures: dict) -> None:
    """Lets each query of the next job start, run and fail on its own."""
    import streamc_support

    start = streamc_support.Job.query

    def query(job, sink, writer, **options) -> None:
        try:
            start(job, sink, writer, **options)
        except Exception as error:
            failures[sink] = error_of(error)

    def wait(job) -> int:
        for query in job.queries:
            try:
                query.awaitTermination()
            except Exception as error:
                failures[query.name] = {**error_of(error), "message": cause_of(str(error))}
        return 0

    streamc_support.Job.query = query
    streamc_support.Job.wait = wait


def stop_queries(session) -> None:
    for query in session.streams.active:
        with contextlib.suppress(Exception):
            query.stop()


def read_requests(requests: "queue.Queue[str]") -> None:
    for line in sys.stdin:
        requests.put(line)
    os.killpg(os.getpgrp(), signal.SIGKILL)  # the owner is gone: the JVM and the Python workers must not stay


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # stray prints of Spark and of jobs go to the log
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ["TZ"] = "UTC"
    time.tzset()
    requests: "queue.Queue[str]" = queue.Queue()
    builder = SparkSession.builder.appName("streamc-tests").master("local[2]")
    for key, value in {**DEFAULTS, **dict(a.split("=", 1) for a in sys.argv[1:])}.items():
        builder = builder.config(key, value)
    root = builder.getOrCreate()
    root.sparkContext.setLogLevel("WARN")
    worker = Worker(root)
    threading.Thread(target=read_requests, args=(requests,), daemon=True).start()
    print(json.dumps({"ready": True, "spark": root.version}), file=answers)
    while True:
        request = json.loads(requests.get())
        started = time.monotonic()
        answer = {"id": request["id"], **worker.answer(request)}
        answer["ms"] = round((time.monotonic() - started) * 1000)
        print(json.dumps(answer, default=str), file=answers)


if __name__ == "__main__":
    main()
