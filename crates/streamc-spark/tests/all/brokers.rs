//! Jobs whose brokers are not there. `runtime/flink-runner/…/BrokersTest.java` has the same cases.

use crate::kit::python;
use streamc_spark::SUPPORT_MODULE;

/// The support module without PySpark, and `said`: exit code and message of a call, or what it gave.
const HEAD: &str = "
import contextlib, io, json, os, socket, sys, time, types
from unittest.mock import MagicMock
for name in ('pyspark', 'pyspark.sql', 'pyspark.sql.streaming'):
    sys.modules[name] = MagicMock()
streamc = types.ModuleType('streamc')
sys.modules['streamc'] = streamc
exec(sys.stdin.read(), streamc.__dict__)

def said(call, *arguments, **more):
    error = io.StringIO()
    with contextlib.redirect_stderr(error):
        try:
            return f'gave {call(*arguments, **more)!r}'
        except SystemExit as e:
            last = error.getvalue().splitlines()[-1]
            return f'{e.code} {last}'

def closed():
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        return server.getsockname()[1]

QUESTION = '. Is it running, and is the address right? (--broker-timeout 0 starts the job without asking)'
find = streamc.find_brokers
port = closed()
";

fn check(program: &str) {
    assert_eq!(python(&format!("{HEAD}{program}"), SUPPORT_MODULE), "");
}

#[test]
fn one_broker_of_a_list_is_enough() {
    check(
        "
with socket.create_server(('127.0.0.1', 0)) as broker:
    there = f'127.0.0.1:{broker.getsockname()[1]}'
    found = said(find, {'source/a': f'127.0.0.1:{port}, ,{there}', 'sink/b': f'SASL_SSL://{there}'}, 10.0)
    assert found == 'gave None', found
",
    );
}

#[test]
fn what_does_not_answer_is_named_with_the_reason() {
    check(
        r#"
# `no..name` cannot be a name: no server is asked for it.
servers = f'127.0.0.1:{port},no..name:1'
found = said(find, {'source/a\nb': servers, 'sink/c/d': f' {servers},', 'sink/e': f'{servers},{servers}'}, 10.0)
assert found == (
    f'2 error: no Kafka broker of source "a b", sink "c/d" and sink "e" answers: 127.0.0.1:{port} (connection refused), '
    f'no..name:1 (name not known){QUESTION}'
), found
found = said(find, {'source/a': f'127.0.0.1:{port}', 'sink/b': f'[127.0.0.1]:{port}'}, 10.0)
assert found == (
    f'2 error: no Kafka broker of source "a" answers: 127.0.0.1:{port} (connection refused); '
    f'none of sink "b" answers: [127.0.0.1]:{port} (connection refused){QUESTION}'
), found
"#,
    );
}

#[test]
fn what_is_no_address_is_refused() {
    check(
        r#"
for wrong in ('localhost', 'localhost:', ':9092', 'a b:1', 'a:0', 'a:65536', '::1:9092', '[::1]'):
    found = said(find, {'source/a': f'b:1, {wrong}'}, 10.0)
    assert found == (
        f'2 error: the broker address "{wrong}" of source "a" is not host:port, as in localhost:9092 or [::1]:9092'
    ), found
found = said(find, {'source/a': ' , '}, 10.0)
assert found == '2 error: source "a" names no Kafka broker: its list of addresses is empty', found
"#,
    );
}

#[test]
fn a_secret_stays_one() {
    check(
        r#"
os.environ['BROKERS'] = f'127.0.0.1:{port}'
found = said(find, {'source/a': streamc.secret('BROKERS')}, 10.0)
assert found == f'2 error: no Kafka broker of source "a" answers: a secret address (connection refused){QUESTION}', found
os.environ['BROKERS'] = 'hush'
found = said(find, {'source/a': streamc.secret('BROKERS')}, 10.0)
assert found.startswith('2 error: the broker address in a secret of source "a" is not'), found
"#,
    );
}

#[test]
fn silence_ends_at_the_limit() {
    check(
        r#"
with socket.socket() as busy, contextlib.ExitStack() as waiting:
    busy.bind(('127.0.0.1', 0))
    busy.listen(0)
    # Nobody accepts: once the queue is full, the system answers no further connection.
    for _ in range(1000):
        client = waiting.enter_context(socket.socket())
        client.settimeout(0.1)
        try:
            client.connect(busy.getsockname())
        except TimeoutError:
            break
    else:
        raise AssertionError('the queue of connections never filled')
    address = f'127.0.0.1:{busy.getsockname()[1]}'
    begun = time.monotonic()
    found = said(find, {'source/a': address}, 0.25)
    took = time.monotonic() - begun
    assert found == f'2 error: no Kafka broker of source "a" answers: {address} (no answer within 0.25 s){QUESTION}', found
    assert took < 5, took
"#,
    );
}

#[test]
fn the_limit_is_an_option_and_zero_asks_nobody() {
    check(
        r#"
def start(*arguments):
    brokers = {'source/a': f'127.0.0.1:{port}'}
    return said(streamc.start, 'app', batch_interval='1 second', config={}, brokers=brokers, arguments=arguments)

assert start().startswith('2 error: no Kafka broker of source "a" answers'), start()
assert start('--broker-timeout', '0').startswith('gave Job('), start('--broker-timeout', '0')
os.environ['STREAMC_BROKER_TIMEOUT'] = '0'
assert start().startswith('gave Job('), start()
assert start('--broker-timeout', '1').startswith('2 error: no Kafka broker'), start('--broker-timeout', '1')
for wrong in ('', '-1', '1e3', '10s', 'NaN', '100000', '0.125'):
    found = start(f'--broker-timeout={wrong}')
    assert found.startswith('2 ') and found.endswith(f'wants seconds, such as 10 or 0.5, not {wrong!r}'), found
"#,
    );
}
