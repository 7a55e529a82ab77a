"""What at least two apps need: money, clock, outbox, transitions, problems, logging. Knows no other app."""
