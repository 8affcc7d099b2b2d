#!/usr/bin/env bash
# The program compiles without each of the features that are on by default, and without all of them: `cargo check` alone,
# which builds nothing. What such a binary then says is a test of `src/project/sources/absent.rs`.
set -euo pipefail
cd "$(dirname "$0")/../.."
for features in parquet,xlsx postgres,xlsx postgres,parquet ""; do
  told=$(cargo check --locked --bin campanile --no-default-features --features "$features" 2>&1) || { echo "$told"; exit 1; }
  if grep -q '^warning' <<<"$told"; then
    echo "$told"
    echo "with the features '$features': the warnings above"
    exit 1
  fi
done
