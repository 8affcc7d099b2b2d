//! Desired batches, existing batches and the clock to a plan.
