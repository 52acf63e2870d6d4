"""An embedded broker: one node that speaks the Kafka wire protocol over one SQLite file.

For one machine without a Kafka of its own. It is durable, but it is one node: there is no
replication, and its clients are trusted (no TLS, no passwords), so it listens on the
loopback address unless told otherwise. Any Kafka client of any language can connect.
"""

from jimbot_stream.bus.broker.server import Broker

__all__ = ["Broker"]
