//! Several futures at once on one thread.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Lets all of them go on side by side, until the last has ended.
pub(super) async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    poll_fn(move |context| {
        for (future, done) in futures.iter_mut().zip(&mut done) {
            if done.is_none()
                && let Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            Poll::Ready(done.iter_mut().filter_map(Option::take).collect())
        } else {
            Poll::Pending
        }
    })
    .await
}

/// Two at once, until both have ended.
pub(super) async fn both<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    let (mut one, mut other) = (Box::pin(one), Box::pin(other));
    let (mut left, mut right) = (None, None);
    poll_fn(move |context| {
        if left.is_none()
            && let Poll::Ready(output) = one.as_mut().poll(context)
        {
            left = Some(output);
        }
        if right.is_none()
            && let Poll::Ready(output) = other.as_mut().poll(context)
        {
            right = Some(output);
        }
        match (left.take(), right.take()) {
            (Some(one), Some(other)) => Poll::Ready((one, other)),
            (one, other) => {
                (left, right) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

/// Waits until a condition holds that the other half of [`both`] brings about: it is asked each time that one has gone on.
pub(super) async fn until(mut holds: impl FnMut() -> bool) {
    poll_fn(move |_| if holds() { Poll::Ready(()) } else { Poll::Pending }).await;
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// Lets the others go on so many times.
    async fn turns(count: usize) {
        for _ in 0..count {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn all_go_on_in_turn_and_their_outputs_keep_their_places() {
        let order = RefCell::new(Vec::new());
        let one = async |n: usize| {
            turns(n).await;
            order.borrow_mut().push(n);
            n * 10
        };
        assert_eq!(all([one(3), one(0), one(2)]).await, [30, 0, 20]);
        assert_eq!(*order.borrow(), [0, 2, 3]);
        assert_eq!(all(Vec::<std::future::Ready<()>>::new()).await, []);
    }

    #[tokio::test]
    async fn one_half_waits_for_what_the_other_brings_about() {
        let steps = Cell::new(0);
        let walks = async {
            for _ in 0..5 {
                turns(1).await;
                steps.set(steps.get() + 1);
            }
        };
        let waits = async {
            until(|| steps.get() >= 3).await;
            steps.get()
        };
        let ((), seen) = both(walks, waits).await;
        assert_eq!((seen, steps.get()), (3, 5));
    }
}
