//! Walks a plan; decides nothing.
