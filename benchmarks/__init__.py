"""Speed, as ratios measured in one run; `make bench` runs them and writes docs/benchmarks.md."""
