"""What is scarce: editions, numbered pieces, prices and holds, together because they are one transaction."""
