"""What the PySpark jobs of `streamc build` have in common.

Settings and command line, records in and out with Flink's meaning, starting queries and waiting for them. A job is one
process; its exit code is 0 when its queries ended or were stopped by a signal, 1 when a query failed, 2 when something is
missing before the start.
"""

from __future__ import annotations

import argparse
import os
import queue
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn
from urllib.parse import quote

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.streaming import DataStreamWriter, StreamingQuery

# What the meaning of a job depends on. Timestamps are instants shown in UTC; arithmetic fails as in Flink in place of
# giving NULL; names differ by case; and filters stay above watermarks, because in Flink a row moves event time whether or
# not a filter drops it later.
REQUIRED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.optimizer.excludedRules": ",".join(
        f"org.apache.spark.sql.catalyst.optimizer.{rule}"
        for rule in (
            "PushDownPredicates",
            "PushPredicateThroughJoin",
            "PushPredicateThroughNonJoin",
            "PushExtraPredicateThroughJoin",
        )
    ),
}
STOP_PATIENCE = 30.0
BROKER_PATIENCE = "10"
WATERMARK_KEY = "spark.watermarkDelayMs"


# Settings ----------------------------------------------------------------------


def stop(message: str) -> NoReturn:
    """Ends the job before it has started: something it needs is missing."""
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


def env(name: str, default: str | None = None) -> str:
    """The environment variable, or the default if it is not set."""
    value = os.environ.get(name, default)
    if value is None:
        stop(f"the environment variable {name} is not set")
    return value


class Secret(str):
    """A text that no message shows."""


def secret(name: str) -> Secret:
    """The environment variable; there is no default, and the value is never printed."""
    value = os.environ.get(name)
    if not value:
        stop(f"the secret {name} is not set; pass it as an environment variable")
    return Secret(value)


@dataclass(frozen=True)
class Settings:
    """What can be chosen when the job is started."""

    available_now: bool
    checkpoint_dir: str
    broker_timeout: float
    master: str | None
    config: Mapping[str, str]


def _seconds(text: str) -> float:
    """A limit on the command line."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", text):
        raise argparse.ArgumentTypeError(
            f"wants seconds, such as 10 or 0.5, not {text!r}"
        )
    return float(text)


def settings(
    arguments: Sequence[str], checkpoint_dir: str, config: Mapping[str, str]
) -> Settings:
    """Reads the command line. In the environment, `STREAMC_TRIGGER`, `STREAMC_CHECKPOINT_DIR` and
    `STREAMC_BROKER_TIMEOUT` say the same."""
    parser = argparse.ArgumentParser(description="A streaming job made by streamc.")
    parser.add_argument(
        "--available-now",
        action="store_true",
        default=os.environ.get("STREAMC_TRIGGER") == "available-now",
        help="process what is there and end",
    )
    parser.add_argument(
        "--checkpoint-dir",
        default=os.environ.get("STREAMC_CHECKPOINT_DIR", checkpoint_dir),
        help="root folder of checkpoints; each application and sink has its own below it",
    )
    parser.add_argument(
        "--broker-timeout",
        type=_seconds,
        default=os.environ.get("STREAMC_BROKER_TIMEOUT", BROKER_PATIENCE),
        metavar="SECONDS",
        help=f"how long to wait for Kafka brokers before the start (default: {BROKER_PATIENCE}); 0 does not ask them",
    )
    parser.add_argument("--master", help="where to run, such as local[2]")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting of Spark; may be repeated",
    )
    known = parser.parse_args(arguments)
    merged = dict(config)
    for pair in known.set:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            parser.error(f"--set takes KEY=VALUE, not {pair!r}")
        merged[key] = value
    return Settings(
        known.available_now,
        known.checkpoint_dir,
        known.broker_timeout,
        known.master,
        merged,
    )


# Brokers ----------------------------------------------------------------------

# As Kafka's clients read an address: a protocol before it means nothing to them.
_ADDRESS = re.compile(
    r"(?:\w+://)?(?:\[([0-9A-Za-z._%:-]+)\]|([0-9A-Za-z._%-]+)):([0-9]{1,5})", re.ASCII
)


@dataclass(frozen=True)
class _Address:
    """Where a broker should be."""

    text: str
    host: str
    port: int


def find_brokers(brokers: Mapping[str, str], limit: float) -> None:
    """Ends the job unless each component has a broker that takes a TCP connection within the limit, in seconds.

    The servers of a component (`source/swipes`) are a list as in Kafka's `bootstrap.servers`; one of them is enough.
    """
    wanted = {
        component: _addresses(component, servers)
        for component, servers in brokers.items()
    }
    reasons = _ask(list(wanted.values()), limit)
    silent: dict[str, list[str]] = {}
    for component, addresses in wanted.items():
        if not any(reasons[address] is None for address in addresses):
            hidden = isinstance(brokers[component], Secret)
            told = ", ".join(
                f"{'a secret address' if hidden else address.text} ({reasons[address]})"
                for address in addresses
            )
            silent.setdefault(told, []).append(_called(component))
    if silent:
        parts = [f"{_listed(names)} answers: {told}" for told, names in silent.items()]
        stop(
            f"no Kafka broker of {'; none of '.join(parts)}. Is it running, and is the address right? "
            "(--broker-timeout 0 starts the job without asking)"
        )


def _ask(
    lists: Sequence[Sequence[_Address]], limit: float
) -> dict[_Address, str | None]:
    """Why each address does not answer, or None; asks all at once, until one of each list has answered."""
    late = f"no answer within {limit:g} s"
    reasons: dict[_Address, str | None] = {a: late for each in lists for a in each}
    deadline = time.monotonic() + limit
    answers: queue.SimpleQueue[tuple[_Address, str | None]] = queue.SimpleQueue()

    def ask(address: _Address) -> None:
        answers.put((address, _why_not(address, deadline, late)))

    for address in reasons:
        # A name that is being looked up cannot be interrupted: nothing waits for these threads.
        threading.Thread(target=ask, args=(address,), daemon=True).start()
    for _ in reasons:
        try:
            remaining = max(0.0, deadline - time.monotonic())
            address, reason = answers.get(timeout=remaining)
        except queue.Empty:
            break
        reasons[address] = reason
        if all(any(reasons[a] is None for a in each) for each in lists):
            break
    return reasons


def _addresses(component: str, servers: str) -> tuple[_Address, ...]:
    """The addresses of a list with commas; ends the job where one cannot be read."""
    found = []
    for item in servers.split(","):
        text = _plain(item)
        if not text:
            continue
        match = _ADDRESS.fullmatch(text)
        port = int(match[3]) if match else 0
        if not match or not 0 < port < 65536:
            shown = "in a secret" if isinstance(servers, Secret) else f'"{text}"'
            stop(
                f"the broker address {shown} of {_called(component)} is not host:port, as in localhost:9092 or [::1]:9092"
            )
        found.append(_Address(text, match[1] or match[2], port))
    if not found:
        stop(
            f"{_called(component)} names no Kafka broker: its list of addresses is empty"
        )
    return tuple(dict.fromkeys(found))


def _why_not(address: _Address, deadline: float, late: str) -> str | None:
    """Why nothing takes a connection there; None if something does. Each address of a name gets its share of the time."""
    reason = "name not known"
    try:
        places = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return reason
    for number, (family, kind, protocol, _, place) in enumerate(places):
        share = (deadline - time.monotonic()) / (len(places) - number)
        try:
            with socket.socket(family, kind, protocol) as client:
                client.settimeout(max(0.001, share))
                client.connect(place)
                return None
        except TimeoutError:
            reason = late
        except OSError as e:
            text = e.strerror or str(e)
            reason = text[:1].lower() + text[1:]
    return reason


def _called(component: str) -> str:
    """`source "swipes"` for `source/swipes`."""
    kind, _, name = component.partition("/")
    return f'{kind} "{_plain(name)}"'


def _plain(text: str) -> str:
    """The text in one line."""
    return re.sub(r"[\x00-\x20\x7f]+", " ", text).strip()


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


# Queries ----------------------------------------------------------------------


@dataclass
class Job:
    """A running application: a query for each sink."""

    app: str
    spark: SparkSession
    settings: Settings
    batch_interval: str
    queries: list[StreamingQuery] = field(default_factory=list)

    def query(
        self,
        sink: str,
        writer: DataStreamWriter,
        *,
        bounded: bool = False,
        files: str | None = None,
    ) -> None:
        """Starts the query of a sink. A bounded one processes what is there and ends. `files` is a file sink's folder."""
        names = [
            quote(name, safe=" @+=,").replace(".", "%2E") for name in (self.app, sink)
        ]
        checkpoint = "/".join([self.settings.checkpoint_dir.rstrip("/"), *names])
        if files is not None:
            self._check_folder(sink, files, checkpoint)
        writer = writer.queryName(sink).option("checkpointLocation", checkpoint)
        if bounded or self.settings.available_now:
            writer = writer.trigger(availableNow=True)
        else:
            writer = writer.trigger(processingTime=self.batch_interval)
        self.queries.append(writer.start())

    def _check_folder(self, sink: str, files: str, checkpoint: str) -> None:
        """A new checkpoint on an old folder: Spark would take its first batches for written, and leave them out."""
        if _exists(self.spark, f"{files}/_spark_metadata") and not _exists(
            self.spark, f"{checkpoint}/metadata"
        ):
            stop(
                f"the sink {sink} writes to {files}, which holds the output of another checkpoint than {checkpoint}: "
                "choose an empty folder, or the checkpoint that belongs to it"
            )

    def wait(self) -> int:
        """Waits until every query has ended, one has failed, or the process is told to stop; the exit code."""
        stopping = threading.Event()

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            stopping.set()

        previous = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                previous[number] = signal.signal(number, on_signal)
        try:
            while any(query.isActive for query in self.queries):
                if stopping.is_set() or self._failed() is not None:
                    break
                time.sleep(0.1)
            failed = self._failed()
            self._stop_queries()
            failed = failed or self._failed()
            if failed is not None:
                print(
                    f"error: the query {failed.name} failed: {_reason(failed)}",
                    file=sys.stderr,
                )
                return 1
            return 0
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
            self.spark.stop()

    def _failed(self) -> StreamingQuery | None:
        for query in self.queries:
            if not query.isActive and query.exception() is not None:
                return query
        return None

    def _stop_queries(self) -> None:
        """Stops between batches where it can: a batch that is cut short is run, and written, once more."""
        deadline = time.monotonic() + STOP_PATIENCE
        for query in self.queries:
            while (
                query.isActive
                and query.status["isTriggerActive"]
                and time.monotonic() < deadline
            ):
                time.sleep(0.02)
            if query.isActive:
                query.stop()


def _reason(query: StreamingQuery) -> str:
    """The cause in one line; Spark's own message holds plans and traces, which are in its log."""
    text = str(query.exception())
    causes = re.findall(r"\[[A-Z][A-Z0-9_.]+\] [^\n]+", text)
    told = [c for c in causes if c.startswith(("[USER_RAISED", "[MALFORMED"))]
    plain = [c for c in causes if not c.startswith("[STREAM_FAILED]")]
    return (told or plain or causes or [text.partition("\n")[0]])[0]


def start(
    app: str,
    *,
    batch_interval: str,
    config: Mapping[str, str],
    checkpoint_dir: str = "checkpoints",
    brokers: Mapping[str, str] | None = None,
    arguments: Sequence[str] | None = None,
) -> Job:
    """Reads the command line, finds the brokers of each component that has some, and gets the session, with the settings
    that the job's meaning depends on."""
    chosen = settings(
        sys.argv[1:] if arguments is None else arguments, checkpoint_dir, config
    )
    if brokers and chosen.broker_timeout > 0:
        find_brokers(brokers, chosen.broker_timeout)
    builder = SparkSession.builder.appName(app)
    if chosen.master is not None:
        builder = builder.master(chosen.master)
    for key, value in {**REQUIRED, **chosen.config}.items():
        builder = builder.config(key, value)
    return Job(app, builder.getOrCreate(), chosen, batch_interval)


# Files ----------------------------------------------------------------------


def _status(spark: SparkSession, path: str):  # type: ignore[no-untyped-def]
    """Hadoop's status of the path, or None; works for every scheme that Spark can read."""
    jvm, java = spark.sparkContext._jvm, spark.sparkContext._jsc
    assert jvm is not None
    place = jvm.org.apache.hadoop.fs.Path(path)
    system = place.getFileSystem(java.hadoopConfiguration())
    return system.getFileStatus(place) if system.exists(place) else None


def _exists(spark: SparkSession, path: str) -> bool:
    return _status(spark, path) is not None


def _files(
    spark: SparkSession, path: str, options: Mapping[str, str] | None
) -> tuple[str, dict[str, str]]:
    """The folder to read and how: sub-folders too, or the one file that `path` names."""
    status = _status(spark, path)
    chosen = {"recursiveFileLookup": "true"}
    if status is not None and status.isFile():
        place = status.getPath()
        special = "\\*?[]{}"
        name = "".join(f"\\{c}" if c in special else c for c in place.getName())
        path, chosen["pathGlobFilter"] = str(place.getParent()), name
    return path, {**chosen, **(options or {})}


def read_lines(
    spark: SparkSession, path: str, options: Mapping[str, str] | None = None
) -> DataFrame:
    """The lines of the files, in the column `value`."""
    path, chosen = _files(spark, path, options)
    return spark.readStream.format("text").options(**chosen).load(path)


def read_parquet(
    spark: SparkSession,
    path: str,
    schema: T.StructType,
    options: Mapping[str, str] | None = None,
) -> DataFrame:
    """The rows of Parquet files."""
    path, chosen = _files(spark, path, options)
    return (
        spark.readStream.schema(schema).options(**chosen).format("parquet").load(path)
    )


def read_csv(
    spark: SparkSession,
    path: str,
    schema: T.StructType,
    *,
    on_error: str = "fail",
    options: Mapping[str, str] | None = None,
) -> DataFrame:
    """The cells of CSV files without header, as text."""
    path, chosen = _files(spark, path, options)
    return (
        spark.readStream.schema(_cells(schema))
        .options(**{**_csv(on_error), "multiLine": "true", **chosen})
        .format("csv")
        .load(path)
    )


# Records in ----------------------------------------------------------------------

_SQL_TIME = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{0,9})?"
_ISO_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{0,9})?)?"
_BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_SMALL = (T.ByteType, T.ShortType)
_WHOLE = (T.ByteType, T.ShortType, T.IntegerType, T.LongType)
_NUMBER = (*_WHOLE, T.FloatType, T.DoubleType, T.DecimalType)
_MOMENT = (T.TimestampType, T.TimestampNTZType)


@dataclass(frozen=True)
class _Reading:
    """How the fields of a record are read."""

    fail: bool
    iso: bool

    def checked(
        self, parsed: Column, bad: Column, path: str, text: Column, of: T.DataType
    ) -> Column:
        """The parsed value; a bad one fails the job, or is NULL."""
        if not self.fail:
            return parsed
        message = F.concat(
            F.lit(f"the field {path} does not fit {of.simpleString()}: "),
            F.coalesce(text, F.lit("NULL")),
        )
        return F.when(bad, F.raise_error(message).cast(_physical(of))).otherwise(parsed)

    def required(self, value: Column, path: str, of: T.DataType) -> Column:
        """The value, which must not be NULL. Where errors are skipped, the record is dropped later."""
        if not self.fail:
            return value
        error = F.raise_error(
            F.lit(f"the field {path} is NOT NULL and the record has no value for it")
        )
        return F.coalesce(value, error.cast(_physical(of)))


def _physical(of: T.DataType) -> T.DataType:
    """The type in the job: both kinds of timestamps are TIMESTAMP."""
    if isinstance(of, T.TimestampNTZType):
        return T.TimestampType()
    if isinstance(of, T.ArrayType):
        return T.ArrayType(_physical(of.elementType))
    if isinstance(of, T.MapType):
        return T.MapType(_physical(of.keyType), _physical(of.valueType))
    if isinstance(of, T.StructType):
        return T.StructType(
            [T.StructField(f.name, _physical(f.dataType)) for f in of.fields]
        )
    return of


def _raw(of: T.DataType) -> T.DataType:
    """What from_json is asked for. VARIANT keeps the digits of numbers, whether a value was quoted, and values of
    another shape than the declared one; STRING keeps the text of an object."""
    text = isinstance(of, (T.StringType, T.BooleanType, T.DateType, *_MOMENT))
    return T.StringType() if text else T.VariantType()


def _variants(of: T.DataType) -> str:
    """The type that takes a VARIANT apart by one level."""
    if isinstance(of, T.StructType):
        fields = ", ".join(f"{_quoted(f.name)}: VARIANT" for f in of.fields)
        return f"STRUCT<{fields}>"
    if isinstance(of, T.ArrayType):
        return "ARRAY<VARIANT>"
    return "MAP<STRING, VARIANT>"


def decode_json(
    records: DataFrame,
    schema: T.StructType,
    *,
    on_error: str,
    iso_timestamps: bool = False,
    event_time: str | None = None,
) -> DataFrame:
    """Rows of JSON records in the column `value`, read as Flink's `json` format reads them."""
    reading = _Reading(on_error == "fail", iso_timestamps)
    raw = T.StructType([T.StructField(f.name, _raw(f.dataType)) for f in schema.fields])
    corrupt = _unused("_corrupt", schema)
    options = {"mode": "FAILFAST"}
    if not reading.fail:
        raw = T.StructType([*raw.fields, T.StructField(corrupt, T.StringType())])
        options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": corrupt}
    text = F.col("value").cast("string")
    parsed = records.where(F.length(text) > 0).select(
        F.from_json(text, raw, options).alias("record")
    )
    parsed = parsed.where(F.col("record").isNotNull())
    if not reading.fail:
        parsed = parsed.where(F.col("record").getField(corrupt).isNull())
    return _rows(parsed, F.col("record"), schema, reading, _json_value, event_time)


def _rows(
    parsed: DataFrame,
    record: Column,
    schema: T.StructType,
    reading: _Reading,
    read: Callable[[Column, T.StructField, str, _Reading], Column],
    event_time: str | None,
) -> DataFrame:
    columns = []
    for declared in schema.fields:
        value = read(record.getField(declared.name), declared, declared.name, reading)
        columns.append(value.alias(declared.name))
    rows = parsed.select(*columns)
    if not reading.fail:
        for declared in schema.fields:
            if not declared.nullable:
                rows = rows.where(_column(declared.name).isNotNull())
    return _with_event_time(rows, event_time)


def _with_event_time(rows: DataFrame, event_time: str | None) -> DataFrame:
    """As in Flink, a row without event time fails the job."""
    if event_time is None:
        return rows
    error = F.raise_error(F.lit(f"the event time {event_time} is NULL")).cast(
        "timestamp"
    )
    return rows.withColumn(event_time, F.coalesce(_column(event_time), error))


def _json_value(
    value: Column, declared: T.StructField, path: str, reading: _Reading
) -> Column:
    """A field of the record itself, as text or as VARIANT."""
    of = declared.dataType
    precision = (declared.metadata or {}).get("precision", 6)
    if isinstance(_raw(of), T.StringType):
        result = _text_value(value, of, path, precision, reading)
    else:
        result = _variant_value(value, of, path, precision, reading)
    return result if declared.nullable else reading.required(result, path, of)


def _inner_value(
    value: Column, declared: T.StructField, path: str, reading: _Reading
) -> Column:
    """A field of an object within the record."""
    of = declared.dataType
    precision = (declared.metadata or {}).get("precision", 6)
    result = _variant_value(value, of, path, precision, reading)
    return result if declared.nullable else reading.required(result, path, of)


def _variant_value(
    value: Column, of: T.DataType, path: str, precision: int, reading: _Reading
) -> Column:
    """A value of any type from a VARIANT."""
    text = F.try_variant_get(value, "$", "string")
    if isinstance(of, _NUMBER):
        return _number_value(value, text, of, path, reading)
    if isinstance(of, T.BinaryType):
        return _bytes_value(value, text, of, path, reading)
    if not isinstance(of, (T.StructType, T.ArrayType, T.MapType)):
        return _text_value(text, of, path, precision, reading)
    parts = F.try_variant_get(value, "$", _variants(of))
    if isinstance(of, T.StructType):
        fields = [
            _inner_value(parts.getField(f.name), f, f"{path}.{f.name}", reading).alias(
                f.name
            )
            for f in of.fields
        ]
        parsed = F.when(parts.isNotNull(), F.struct(*fields))
    elif isinstance(of, T.ArrayType):
        element = of.elementType
        parsed = F.transform(
            parts, lambda e: _variant_value(e, element, f"{path}[]", precision, reading)
        )
    else:
        inner = of.valueType
        parsed = F.transform_values(
            parts,
            lambda _, v: _variant_value(v, inner, f"{path}{{}}", precision, reading),
        )
    return reading.checked(parsed, _given(value) & parts.isNull(), path, text, of)


def _given(value: Column) -> Column:
    """Whether the record has the field, and not as null."""
    return value.isNotNull() & ~F.is_variant_null(value)


def _number_value(
    value: Column, text: Column, of: T.DataType, path: str, reading: _Reading
) -> Column:
    """Flink reads quoted numbers, cuts fractions for INT and BIGINT, and refuses them for smaller integers."""
    kind = F.schema_of_variant(value)
    number = F.try_variant_get(value, "$", of.simpleString())
    if isinstance(of, _SMALL):
        fits = kind.isin("BIGINT", "STRING")
    else:
        fits = kind != "BOOLEAN"
    parsed = F.when(fits, number)
    bad = _given(value) & parsed.isNull()
    if isinstance(of, T.DecimalType):
        # A decimal of too many digits is NULL in Flink, and no error.
        overflow = fits & F.try_variant_get(value, "$", "double").isNotNull()
        bad = bad & ~F.coalesce(overflow, F.lit(False))
    return reading.checked(parsed, bad, path, text, of)


def _bytes_value(
    value: Column, text: Column, of: T.DataType, path: str, reading: _Reading
) -> Column:
    """Bytes are quoted base 64, with padding."""
    fits = (F.schema_of_variant(value) == "STRING") & text.rlike(_BASE64)
    parsed = F.when(fits, F.unbase64(text))
    return reading.checked(parsed, _given(value) & parsed.isNull(), path, text, of)


def _text_value(
    value: Column, of: T.DataType, path: str, precision: int, reading: _Reading
) -> Column:
    """A value from its text: strings, booleans, dates, timestamps, bytes."""
    if isinstance(of, T.StringType):
        return value
    if isinstance(of, T.BooleanType):
        return F.lower(F.trim(value)) == "true"
    if isinstance(of, T.DateType):
        parsed = F.when(value.rlike(r"^\d{4}-\d{2}-\d{2}$"), value.try_cast("date"))
    elif isinstance(of, T.BinaryType):
        parsed = F.when(value.rlike(_BASE64), F.unbase64(value))
    elif isinstance(of, _MOMENT):
        pattern = _ISO_TIME if reading.iso else _SQL_TIME
        zone = "Z$" if isinstance(of, T.TimestampType) else "$"
        moment = F.when(value.rlike(pattern + zone), value.try_cast("timestamp"))
        parsed = _cut(moment, precision)
    else:
        parsed = F.trim(value).try_cast(of)
    return reading.checked(parsed, value.isNotNull() & parsed.isNull(), path, value, of)


def _cut(moment: Column, precision: int) -> Column:
    """The moment without digits beyond the precision."""
    if precision >= 6:
        return moment
    if precision == 3:
        return F.date_trunc("millisecond", moment)
    if precision == 0:
        return F.date_trunc("second", moment)
    micros = F.unix_micros(moment)
    return F.timestamp_micros(micros - F.pmod(micros, F.lit(10 ** (6 - precision))))


def _csv(on_error: str) -> dict[str, str]:
    # Skipping, cells that a record lacks are NULL, and those that it has too many are left out.
    mode = "FAILFAST" if on_error == "fail" else "PERMISSIVE"
    return {"sep": ",", "quote": '"', "escape": '"', "mode": mode}


def _cells(schema: T.StructType) -> T.StructType:
    return T.StructType([T.StructField(f.name, T.StringType()) for f in schema.fields])


def decode_csv(
    records: DataFrame,
    schema: T.StructType,
    *,
    on_error: str,
    event_time: str | None = None,
) -> DataFrame:
    """Rows of CSV records in the column `value`, read as Flink's `csv` format reads them."""
    text = F.col("value").cast("string")
    ddl = ", ".join(f"{_quoted(f.name)} STRING" for f in schema.fields)
    cells = records.where(F.length(text) > 0).select(
        F.from_csv(text, ddl, _csv(on_error)).alias("record")
    )
    return _rows(
        cells,
        F.col("record"),
        schema,
        _Reading(on_error == "fail", False),
        _cell,
        event_time,
    )


def decode_cells(
    records: DataFrame,
    schema: T.StructType,
    *,
    on_error: str,
    event_time: str | None = None,
) -> DataFrame:
    """Rows of the cells that `read_csv` gives."""
    record = F.struct(*[_column(f.name) for f in schema.fields]).alias("record")
    reading = _Reading(on_error == "fail", False)
    return _rows(
        records.select(record), F.col("record"), schema, reading, _cell, event_time
    )


def _cell(
    value: Column, declared: T.StructField, path: str, reading: _Reading
) -> Column:
    """An empty cell is the empty text, which no number is."""
    precision = (declared.metadata or {}).get("precision", 6)
    text = F.coalesce(value, F.lit(""))
    result = _text_value(text, declared.dataType, path, precision, reading)
    return (
        result
        if declared.nullable
        else reading.required(result, path, declared.dataType)
    )


def decode_raw(
    records: DataFrame, schema: T.StructType, *, event_time: str | None = None
) -> DataFrame:
    """The bytes of each record as the one column."""
    only = schema.fields[0]
    rows = records.where(F.col("value").isNotNull())
    rows = rows.select(F.col("value").cast(only.dataType).alias(only.name))
    return _with_event_time(rows, event_time)


def decode_columns(
    records: DataFrame, schema: T.StructType, *, event_time: str | None = None
) -> DataFrame:
    """Rows of typed columns, as Parquet files have them."""
    columns = []
    for declared in schema.fields:
        value = _column(declared.name).cast(_physical(declared.dataType))
        if isinstance(declared.dataType, _MOMENT):
            value = _cut(value, (declared.metadata or {}).get("precision", 6))
        columns.append(value.alias(declared.name))
    return _with_event_time(records.select(*columns), event_time)


# Records out ----------------------------------------------------------------------


def encode_json(
    rows: DataFrame,
    schema: T.StructType,
    *,
    only: Sequence[str] | None = None,
    iso_timestamps: bool = False,
) -> Column:
    """The row, or some of its columns, as one JSON object, written as Flink's `json` format writes it."""
    names = [f.name for f in schema.fields] if only is None else list(only)
    columns = [
        _written(rows, schema[name], iso_timestamps).alias(name) for name in names
    ]
    return F.to_json(F.struct(*columns), {"ignoreNullFields": "false"})


def encode_csv(
    rows: DataFrame, schema: T.StructType, *, only: Sequence[str] | None = None
) -> Column:
    """The row, or some of its columns, as one CSV record."""
    names = [f.name for f in schema.fields] if only is None else list(only)
    columns = [_written(rows, schema[name], False).alias(name) for name in names]
    options = {
        "escape": '"',
        "emptyValue": "",
        # Spark would cut blanks at both ends of a text.
        "ignoreLeadingWhiteSpace": "false",
        "ignoreTrailingWhiteSpace": "false",
    }
    return F.to_csv(F.struct(*columns), options)


def encode_raw(rows: DataFrame, column: str) -> Column:
    """The column's text or bytes as the whole record."""
    return rows[_quoted(column)].cast("binary")


def printable(
    rows: DataFrame, schema: T.StructType, *, iso_timestamps: bool = False
) -> DataFrame:
    """The rows with timestamps as the text that Flink's formats write."""
    columns = [_written(rows, f, iso_timestamps).alias(f.name) for f in schema.fields]
    return rows.select(*columns)


def typed(rows: DataFrame, schema: T.StructType) -> DataFrame:
    """The rows with exactly the declared types."""
    return rows.select(
        *[rows[_quoted(f.name)].cast(f.dataType).alias(f.name) for f in schema.fields]
    )


def _written(rows: DataFrame, declared: T.StructField, iso: bool) -> Column:
    return _as_text(rows[_quoted(declared.name)], declared.dataType, iso)


def _as_text(value: Column, of: T.DataType, iso: bool) -> Column:
    """The value with each timestamp in it as text: no more digits than it has, and Z for an instant."""
    if not _has_moment(of):
        return value
    if isinstance(of, T.StructType):
        parts = [
            _as_text(value.getField(f.name), f.dataType, iso).alias(f.name)
            for f in of.fields
        ]
        return F.when(value.isNotNull(), F.struct(*parts))
    if isinstance(of, T.ArrayType):
        element = of.elementType
        return F.transform(value, lambda e: _as_text(e, element, iso))
    if isinstance(of, T.MapType):
        inner = of.valueType
        return F.transform_values(value, lambda _, v: _as_text(v, inner, iso))
    text = value.cast("string")
    if iso:
        text = F.replace(text, F.lit(" "), F.lit("T"))
    return F.concat(text, F.lit("Z")) if isinstance(of, T.TimestampType) else text


def _has_moment(of: T.DataType) -> bool:
    if isinstance(of, T.ArrayType):
        return _has_moment(of.elementType)
    if isinstance(of, T.MapType):
        return _has_moment(of.valueType)
    if isinstance(of, T.StructType):
        return any(_has_moment(f.dataType) for f in of.fields)
    return isinstance(of, _MOMENT)


def printer(
    rows: DataFrame, schema: T.StructType, *, mode: str, label: str = ""
) -> DataStreamWriter:
    """Prints each row as a line of JSON, behind the label."""
    prefix = f"{label}> " if label else ""

    def write(batch: DataFrame, _number: int) -> None:
        for row in batch.toLocalIterator():
            print(f"{prefix}{row.line}", flush=True)

    lines = rows.select(encode_json(rows, schema).alias("line"))
    return lines.writeStream.outputMode(mode).foreachBatch(write)


# Event time ----------------------------------------------------------------------


def plain_time(rows: DataFrame, *columns: str) -> DataFrame:
    """The same rows, in which Spark does not take these columns for event time."""
    for column in columns:
        rows = rows.withColumn(
            column, _column(column).alias(column, metadata={"event_time": "no longer"})
        )
    return rows


def cumulate(time: str, size: int, step: int, offset: int) -> Column:
    """The windows of `CUMULATE` that a moment lies in, a row for each; all in milliseconds."""
    micros = [F.lit(n * 1000).cast("long") for n in (size, step, offset)]
    size_, step_, offset_ = micros
    moment = F.unix_micros(F.col(time))
    begin = moment - F.pmod(moment - offset_, size_)
    first = F.floor((moment - begin) / step_).cast("long")
    ends = F.sequence(begin + (first + 1) * step_, begin + size_, step_)
    return F.explode(
        F.transform(
            ends,
            lambda end: F.struct(
                F.timestamp_micros(begin).alias("start"),
                F.timestamp_micros(end).alias("end"),
            ),
        )
    )


def event_time_window(rows: DataFrame, window: str, delay_millis: int) -> DataFrame:
    """Says that the struct is a window of event time, as Spark does for the windows that it makes itself."""
    column = _column(window).alias(window, metadata={WATERMARK_KEY: delay_millis})
    others = [_column(name) for name in rows.columns if name != window]
    return rows.select(*others, column)


def _column(name: str) -> Column:
    return F.col(_quoted(name))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _unused(name: str, schema: T.StructType) -> str:
    while name in schema.names:
        name += "_"
    return name
