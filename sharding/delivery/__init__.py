"""How recorded facts arrive: the outbox's rows, the relay that sends them, the consumer that settles them."""
