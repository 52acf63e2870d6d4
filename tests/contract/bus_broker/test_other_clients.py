"""Clients of other languages, where they are installed: kcat and kafkajs."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

KCAT = shutil.which("kcat")
NODE = shutil.which("node")

_KAFKAJS = """
const { Kafka, logLevel } = require("kafkajs");
const [address] = process.argv.slice(1);
(async () => {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: "js", numPartitions: 2 }] });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic: "js", messages: [{ key: "k", value: "from js" }] });
  const consumer = kafka.consumer({ groupId: "js" });
  await consumer.connect();
  await consumer.subscribe({ topics: ["js"], fromBeginning: true });
  await new Promise((done) => consumer.run({ eachMessage: async ({ message }) => {
    console.log(`${message.key} ${message.value}`); done(); } }));
  await consumer.disconnect(); await producer.disconnect(); await admin.disconnect();
})().catch((error) => { console.error(error); process.exit(1); });
"""


def kcat(address: str, *arguments: str, text: str = "") -> str:
    """Run kcat; returns what it printed."""
    assert KCAT is not None
    done = subprocess.run(
        [KCAT, "-b", address, *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


@pytest.mark.skipif(KCAT is None, reason="kcat is not installed")
def test_kcat_lists_produces_and_consumes(server: Any) -> None:
    async def declare() -> None:
        from jimbot_stream.bus.broker import catalog

        core = server.broker.core
        made = await core.log.write(lambda con: catalog.insert_topic(con, "t", {}, 2))
        core.catalog.add(made[0], "t", {}, made[1])

    server.run(declare())
    assert 'topic "t" with 2 partitions' in kcat(server.address, "-L")
    lines = "".join(f"k{i}:v{i}\n" for i in range(100))
    kcat(server.address, "-P", "-t", "t", "-p", "1", "-K", ":", "-z", "gzip", text=lines)
    read = ["-C", "-t", "t", "-e", "-q", "-f", "%p %o %k:%s\n"]
    got = kcat(server.address, *read)
    assert got.splitlines() == [f"1 {i} k{i}:v{i}" for i in range(100)]
    group = kcat(server.address, "-G", "g", "-X", "auto.offset.reset=earliest", "-e", "-q", "t")
    assert len(group.splitlines()) == 100
    assert "offset 100" in kcat(server.address, "-Q", "-t", "t:1:-1")


def _kafkajs_is_installed() -> bool:
    if NODE is None:
        return False
    found = subprocess.run([NODE, "-e", 'require("kafkajs")'], capture_output=True, check=False)
    return found.returncode == 0


@pytest.mark.skipif(not _kafkajs_is_installed(), reason="node with kafkajs is not installed")
def test_kafkajs_declares_produces_and_consumes(server: Any, tmp_path: Path) -> None:
    assert NODE is not None
    done = subprocess.run(
        [NODE, "-e", _KAFKAJS, server.address],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "k from js"
