"""``python -m jimbot_stream.bus.broker``."""

from jimbot_stream.bus.broker.cli import broker

if __name__ == "__main__":
    broker(prog_name="jimbot-stream broker")
