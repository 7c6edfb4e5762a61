"""RabbitMQ as the broker: `make broker-test`, which needs root and Debian's archive."""
