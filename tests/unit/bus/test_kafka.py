"""Addresses of Kafka, as settings write them."""

import pytest

from jimbot_stream.bus.kafka import bootstrap


@pytest.mark.parametrize(
    ("address", "servers"),
    [
        ("kafka://127.0.0.1:19092", "127.0.0.1:19092"),
        ("kafka://one:9092;kafka://two:9092", "one:9092,two:9092"),
        ("one:9092", "one:9092"),
    ],
)
def test_an_address_becomes_a_list_of_bootstrap_servers(address: str, servers: str) -> None:
    assert bootstrap(address) == servers
