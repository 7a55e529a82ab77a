"""What Dure does fast, measured beside the textbook way in the same run: `make bench`, read in docs/benchmarks.md."""
