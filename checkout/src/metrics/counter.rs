//! Counters by label. The labels are an enum, so that counting is one atomic addition.

use std::{
    marker::PhantomData,
    sync::atomic::{AtomicU64, Ordering},
};

/// The label of a counter.
pub trait Label: Copy + 'static {
    /// The names of all labels, in order.
    const NAMES: &'static [&'static str];

    /// The label's index in that list.
    fn index(self) -> usize;
}

/// Defines an enum whose variants have names.
macro_rules! labels {
    ($(#[$doc:meta])* $label:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the names say it")]
        pub enum $label {
            $($variant),*
        }

        impl $crate::metrics::counter::Label for $label {
            const NAMES: &'static [&'static str] = &[$($name),*];

            fn index(self) -> usize {
                self as usize
            }
        }
    };
}

pub(super) use labels;

/// A counter for each label.
#[derive(Debug)]
pub struct LabeledCounter<L> {
    counts: Box<[AtomicU64]>,
    label: PhantomData<L>,
}

impl<L: Label> Default for LabeledCounter<L> {
    fn default() -> Self {
        Self { counts: L::NAMES.iter().map(|_| AtomicU64::new(0)).collect(), label: PhantomData }
    }
}

impl<L: Label> LabeledCounter<L> {
    /// Adds one.
    pub fn record(&self, label: L) {
        if let Some(count) = self.counts.get(label.index()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn record_some(&self, label: Option<L>) {
        if let Some(label) = label {
            self.record(label);
        }
    }

    /// Returns each label's name and count.
    pub fn read(&self) -> impl Iterator<Item = (&'static str, u64)> {
        L::NAMES.iter().copied().zip(self.counts.iter().map(|count| count.load(Ordering::Relaxed)))
    }
}
