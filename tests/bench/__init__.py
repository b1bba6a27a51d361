"""Measurements on the real service: `make bench` writes docs/benchmarks.md. No part of the tests."""
