//! Tests only: see `tests/` and `cases/`.
