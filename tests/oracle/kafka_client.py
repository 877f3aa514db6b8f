"""A Kafka client as a service: one JSON request per line on standard input, one JSON answer per line on standard output.

    {"id":1,"op":"create","topic":"t","partitions":2}
    {"id":2,"op":"produce","topic":"t","records":[[partition|null, key|null, value|null, timestamp_ms|null], ...]}
    {"id":3,"op":"consume","topic":"t","count":N|null,"timeout_ms":N,"isolation":"read_committed"}
    {"id":4,"op":"offsets","topic":"t"}
    {"id":5,"op":"delete","topics":["t"]}

`consume` reads from the beginning until it has `count` records, or with no count until the end offsets that were seen
when it started; it answers what it has when time is up, with `"complete": false`. Keys and values are UTF-8 text.
"""

import json
import os
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic


class Client:
    def __init__(self, brokers: str) -> None:
        self.base = {"bootstrap.servers": brokers, "log_level": 2}
        self.admin = AdminClient(self.base)
        self.producer = Producer({**self.base, "linger.ms": 5, "enable.idempotence": True})

    def create(self, topic: str, partitions: int) -> None:
        future = self.admin.create_topics([NewTopic(topic, num_partitions=partitions, replication_factor=1)])[topic]
        future.result(timeout=30)
        deadline = time.monotonic() + 30
        while True:  # the metadata of other clients follows a moment later
            found = self.admin.list_topics(topic, timeout=10).topics[topic]
            if found.error is None and len(found.partitions) == partitions:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"topic {topic} did not appear")
            time.sleep(0.05)

    def produce(self, topic: str, records: list) -> dict:
        failures = []

        def delivered(error, _message):
            if error is not None:
                failures.append(str(error))

        for partition, key, value, timestamp in records:
            options = {}
            if partition is not None:
                options["partition"] = partition
            if timestamp is not None:
                options["timestamp"] = timestamp
            while True:
                try:
                    self.producer.produce(topic, value=value, key=key, on_delivery=delivered, **options)
                    break
                except BufferError:
                    self.producer.poll(0.1)
            self.producer.poll(0)
        left = self.producer.flush(60)
        if failures or left:
            raise RuntimeError(f"{len(failures)} records refused, {left} not sent: {failures[:3]}")
        return {"produced": len(records)}

    def partitions(self, topic: str) -> list:
        found = self.admin.list_topics(topic, timeout=10).topics[topic]
        if found.error is not None:
            raise KafkaException(found.error)
        return sorted(found.partitions)

    def consume(self, topic: str, count, timeout_ms: int, isolation: str) -> dict:
        deadline = time.monotonic() + timeout_ms / 1000
        consumer = Consumer(
            {
                **self.base,
                "group.id": f"test-{os.getpid()}-{time.monotonic_ns()}",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "isolation.level": isolation,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 50,
            }
        )
        try:
            partitions = self.partitions(topic)
            ends = {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in partitions}
            consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
            at_end = {p for p in partitions if ends[p] == 0}
            records = []
            complete = False
            while True:
                complete = len(records) >= count if count is not None else len(at_end) == len(partitions)
                if complete or time.monotonic() > deadline:
                    break
                for message in consumer.consume(500, timeout=0.05):
                    error = message.error()
                    if error is None:
                        records.append(
                            {
                                "partition": message.partition(),
                                "offset": message.offset(),
                                "timestamp": message.timestamp()[1],
                                "key": text(message.key()),
                                "value": text(message.value()),
                            }
                        )
                    elif error.name() == "_PARTITION_EOF":
                        if message.offset() >= ends[message.partition()] or isolation == "read_committed":
                            at_end.add(message.partition())
                    elif not error.retriable():
                        raise KafkaException(error)
            return {"records": records, "complete": complete}
        finally:
            consumer.close()

    def offsets(self, topic: str) -> dict:
        consumer = Consumer({**self.base, "group.id": "offsets"})
        try:
            pairs = [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10) for p in self.partitions(topic)]
            return {"low": [low for low, _ in pairs], "high": [high for _, high in pairs]}
        finally:
            consumer.close()

    def delete(self, topics: list) -> None:
        for future in self.admin.delete_topics(topics).values():
            future.result(timeout=30)

    def answer(self, request: dict):
        operations = {
            "create": self.create,
            "produce": self.produce,
            "consume": self.consume,
            "offsets": self.offsets,
            "delete": self.delete,
        }
        arguments = {k: v for k, v in request.items() if k not in ("id", "op")}
        return operations[request["op"]](**arguments)


def text(data):
    return None if data is None else data.decode("utf-8", errors="backslashreplace")


def main() -> None:
    client = Client(sys.argv[1])
    client.admin.list_topics(timeout=30)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": True, "result": client.answer(request)}
        except Exception as error:  # every failure is an answer
            answer = {"ok": False, "error": {"class": type(error).__name__, "message": str(error)}}
        print(json.dumps({"id": request["id"], **answer}), flush=True)


if __name__ == "__main__":
    main()
