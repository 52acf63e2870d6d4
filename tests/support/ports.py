"""Ports for the servers of a test."""

from jimbot_stream.play.ports import free_ports


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    (port,) = free_ports(1)
    return port
