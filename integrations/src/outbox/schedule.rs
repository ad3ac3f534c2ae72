//! The pauses between attempts.

use std::time::Duration;

/// The pauses between the attempts at a job.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// These pauses. After the last, the job is dead.
    Fixed(&'static [Duration]),
    /// A pause that grows by a factor up to a maximum, for so many attempts.
    Growing {
        /// The first pause.
        first: Duration,
        /// The factor of each next pause.
        factor: u32,
        /// The longest pause.
        longest: Duration,
        /// Number of attempts after which the job is dead.
        attempts: u32,
    },
}

impl Schedule {
    /// Whether there is such an attempt, from 1.
    pub(super) fn allows(&self, attempt: u32) -> bool {
        attempt <= 1 || self.pause(attempt - 1, 0).is_some()
    }

    /// Returns the pause after this attempt, from 1; `None` if there is no further one. `random` is from 0 to 255, and moves the
    /// pause by up to a fifth, so that jobs that failed together do not all come back together.
    pub(super) fn pause(&self, attempt: u32, random: u8) -> Option<Duration> {
        let pause = match self {
            Self::Fixed(pauses) => *pauses.get(usize::try_from(attempt.checked_sub(1)?).ok()?)?,
            Self::Growing { attempts, .. } if attempt >= *attempts => return None,
            Self::Growing { first, factor, longest, .. } => {
                let growth = factor.saturating_pow(attempt.saturating_sub(1));
                first.saturating_mul(growth).min(*longest)
            }
        };
        // From 80 to 120 per cent.
        Some(pause * 4 / 5 + pause * 2 / 5 * u32::from(random) / 255)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[test]
    fn fixed_pauses_end_with_the_last() {
        const PAUSES: &[Duration] = &[Duration::from_secs(5), Duration::from_mins(5)];
        let schedule = Schedule::Fixed(PAUSES);
        assert_eq!((schedule.pause(1, 0), schedule.pause(1, 255)), (Some(4 * S), Some(6 * S)));
        assert_eq!(schedule.pause(2, 0), Some(Duration::from_mins(4)));
        assert_eq!(schedule.pause(3, 0), None);
        assert_eq!([0, 1, 2, 3, 4].map(|attempt| schedule.allows(attempt)), [true, true, true, true, false]);
    }

    #[test]
    fn growing_pauses_have_a_longest_and_an_end() {
        let schedule = Schedule::Growing { first: 10 * S, factor: 3, longest: 100 * S, attempts: 9 };
        let pauses: Vec<_> = (1..10).map(|attempt| schedule.pause(attempt, 128).map(|p| p.as_secs())).collect();
        assert_eq!(pauses, [Some(10), Some(30), Some(90), Some(100), Some(100), Some(100), Some(100), Some(100), None]);
        assert_eq!(schedule.pause(u32::MAX, 0), None);
        assert!(schedule.allows(9) && !schedule.allows(10));
    }
}
