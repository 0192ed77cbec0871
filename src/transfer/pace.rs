//! The speed of a transfer: the current rate, the last minute by seconds, and the time left.

use std::collections::VecDeque;
use std::time::Duration;

use super::{PhaseState, Progress};
use crate::history::Phase;

const HISTORY_SECONDS: usize = 60;
/// Window of the current rate: a shorter one jumps with every chunk, a longer one hides a stop.
const RATE_WINDOW: Duration = Duration::from_secs(2);
/// Least divisor of the rate, so that the first bytes, which come at once, do not look like a speed.
const MIN_RATE_SPAN: Duration = Duration::from_secs(1);
/// Seconds that the rate for predictions averages: at first the whole attempt, then an exponential mean of this length.
const SMOOTHING: f64 = 8.0;
/// No prediction before this time: the first second of a connection says little about the rest.
const WARM_UP: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    /// The samples of the last [`RATE_WINDOW`], and one before them.
    recent: VecDeque<(Duration, u64)>,
    seconds: VecDeque<f64>,
    newest: u64,
    /// Smoothed bytes per second; `unsmoothed` bytes are not in it yet.
    smooth: Option<f64>,
    unsmoothed: f64,
    started: Option<Duration>,
    /// The latest byte, or the start of the attempt.
    moved: Duration,
}

impl Pace {
    /// Adds a sample of the counter. A counter that fell belongs to a new attempt; time that went backwards is ignored.
    pub fn add(&mut self, elapsed: Duration, bytes: u64) {
        let Some(&(before, had)) = self.recent.back() else {
            self.newest = elapsed.as_secs();
            self.seconds.push_back(0.0);
            self.start_attempt(elapsed, bytes);
            return;
        };
        if elapsed < before || (elapsed == before && bytes == had) {
            return;
        }
        self.advance_to(elapsed.as_secs());
        if bytes > had {
            self.moved = elapsed;
        }
        if bytes < had {
            self.recent.clear();
            self.start_attempt(elapsed, bytes);
            return;
        }
        self.spread(before, elapsed, bytes - had);
        if self.started.is_none() && bytes > 0 {
            // The wait for the first byte is no part of the speed.
            self.started = Some(before);
            self.recent.clear();
            self.recent.push_back((before, had));
        }
        self.recent.push_back((elapsed, bytes));
        // A sample before the window stays, so that the window is always covered.
        while self.recent.get(1).is_some_and(|&(at, _)| at + RATE_WINDOW <= elapsed) {
            self.recent.pop_front();
        }
        self.smooth_over(before, elapsed, bytes - had);
    }

    pub fn rate(&self) -> f64 {
        match (self.recent.front(), self.recent.back()) {
            (Some(&(from, had)), Some(&(to, have))) if to > from => {
                (have - had) as f64 / (to - from).max(MIN_RATE_SPAN).as_secs_f64()
            }
            _ => 0.0,
        }
    }

    /// Bytes of each of the last 60 seconds at most; the last item is the current second.
    pub fn seconds(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.seconds.iter().map(|bytes| bytes.round() as u64)
    }

    /// The last minute in at most `columns` parts of whole seconds, as bytes per second, without the current second.
    /// Parts stay in place as time goes on, so that their drawing does not flicker.
    pub fn last_minute(&self, columns: usize) -> Vec<u64> {
        let step = HISTORY_SECONDS.div_ceil(columns.max(1)) as u64;
        let over = self.seconds.len().saturating_sub(1);
        let first = self.newest - over as u64;
        let mut parts: Vec<(u64, f64, u32)> = Vec::new();
        for (second, bytes) in (first..).zip(self.seconds.iter().take(over)) {
            match parts.last_mut() {
                Some((part, sum, seconds)) if *part == second / step => {
                    *sum += bytes;
                    *seconds += 1;
                }
                _ => parts.push((second / step, *bytes, 1)),
            }
        }
        let start = parts.len().saturating_sub(columns);
        parts[start..].iter().map(|(_, sum, seconds)| (sum / f64::from(*seconds)).round() as u64).collect()
    }

    /// Time for the rest of `total` at the smoothed rate; `None` while unknown.
    pub fn time_left(&self, total: u64) -> Option<Duration> {
        let &(now, have) = self.recent.back()?;
        if now.saturating_sub(self.started?) < WARM_UP {
            return None;
        }
        // Below one byte per second the answer would be absurd.
        let rate = self.smooth.filter(|rate| *rate >= 1.0)?;
        Duration::try_from_secs_f64(total.saturating_sub(have) as f64 / rate).ok()
    }

    /// Time since the latest byte, or since the attempt began.
    pub fn quiet(&self) -> Duration {
        self.recent.back().map_or(Duration::ZERO, |&(now, _)| now.saturating_sub(self.moved))
    }

    fn start_attempt(&mut self, elapsed: Duration, bytes: u64) {
        self.moved = elapsed;
        self.recent.push_back((elapsed, bytes));
        self.smooth = None;
        self.unsmoothed = 0.0;
        self.started = (bytes > 0).then_some(elapsed);
    }

    fn advance_to(&mut self, second: u64) {
        let new = second.saturating_sub(self.newest);
        // After a jump of more than the history, such as a suspend, pushing each second is pointless.
        for _ in 0..new.min(HISTORY_SECONDS as u64) {
            self.seconds.push_back(0.0);
        }
        while self.seconds.len() > HISTORY_SECONDS {
            self.seconds.pop_front();
        }
        self.newest = self.newest.max(second);
    }

    /// Gives each second its share of `bytes`, so that uneven samples show no false gaps.
    fn spread(&mut self, from: Duration, to: Duration, bytes: u64) {
        let (from, to) = (from.as_secs_f64(), to.as_secs_f64());
        if to <= from {
            if let Some(last) = self.seconds.back_mut() {
                *last += bytes as f64;
            }
            return;
        }
        let per_second = bytes as f64 / (to - from);
        for (ago, bucket) in self.seconds.iter_mut().rev().enumerate() {
            let start = self.newest as f64 - ago as f64;
            if start + 1.0 <= from {
                break;
            }
            *bucket += per_second * (to.min(start + 1.0) - from.max(start)).max(0.0);
        }
    }

    fn smooth_over(&mut self, from: Duration, to: Duration, bytes: u64) {
        let Some(started) = self.started else { return };
        let step = (to - from).as_secs_f64();
        // Bytes that came at once count with the next step, which has a duration to divide by.
        self.unsmoothed += bytes as f64;
        if step <= 0.0 {
            return;
        }
        let now = std::mem::take(&mut self.unsmoothed) / step;
        let weight = (step / (to - started).as_secs_f64().min(SMOOTHING)).min(1.0);
        let before = self.smooth.unwrap_or(now);
        self.smooth = Some(before + (now - before) * weight);
    }
}

/// Bytes of the whole file: exact once all have arrived from Domo, before that estimated from the rows so far.
pub fn estimated_total(progress: &Progress) -> Option<u64> {
    if progress.bytes_total.is_some() {
        return progress.bytes_total;
    }
    let stated = progress.rows_stated?;
    if progress.rows == 0 || progress.bytes_in == 0 {
        return None;
    }
    let total = u128::from(progress.bytes_in) * u128::from(stated) / u128::from(progress.rows);
    // With more rows than stated, the total is at least what has arrived.
    Some(u64::try_from(total).unwrap_or(u64::MAX).max(progress.bytes_in))
}

/// The exported part, from 0 to 1, by rows; `None` without a stated number.
pub fn export_ratio(progress: &Progress) -> Option<f64> {
    let stated = progress.rows_stated.filter(|stated| *stated > 0)?;
    Some((progress.rows as f64 / stated as f64).min(1.0))
}

/// The uploaded part, from 0 to 1; `None` while the size is unknown. It reaches 1 only when the upload has ended, so
/// that a low estimate never shows a full bar.
pub fn upload_ratio(progress: &Progress) -> Option<f64> {
    if matches!(progress.phases[Phase::Upload as usize], PhaseState::Done(_)) {
        return Some(1.0);
    }
    let total = estimated_total(progress)?;
    if total == 0 {
        return None;
    }
    Some((progress.bytes_out as f64 / total as f64).min(0.99))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn steady_pace(bytes_a_second: u64, seconds: u64, step: u64) -> Pace {
        let mut pace = Pace::default();
        for at in (0..=seconds * 1000).step_by(step as usize) {
            pace.add(ms(at), bytes_a_second * at / 1000);
        }
        pace
    }

    #[test]
    fn a_steady_transfer_has_its_rate_everywhere() {
        let pace = steady_pace(1000, 10, 250);
        assert_eq!(pace.rate(), 1000.0);
        assert_eq!(pace.seconds().collect::<Vec<_>>(), [1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 0]);
        assert_eq!(pace.time_left(20_000), Some(Duration::from_secs(10)));
        assert_eq!(pace.time_left(5_000), Some(Duration::ZERO));
    }

    #[test]
    fn uneven_samples_leave_no_gaps() {
        let mut pace = Pace::default();
        for at in [0, 2500, 2600, 5000] {
            pace.add(ms(at), at);
        }
        assert_eq!(pace.seconds().collect::<Vec<_>>(), [1000, 1000, 1000, 1000, 1000, 0]);
    }

    #[test]
    fn the_rate_falls_to_zero_when_the_bytes_stop() {
        let mut pace = steady_pace(1000, 10, 500);
        for at in [10_500, 11_000, 11_500, 12_000] {
            pace.add(ms(at), 10_000);
        }
        assert_eq!(pace.rate(), 0.0);
        let soon = pace.time_left(20_000).unwrap();
        pace.add(ms(16_000), 10_000);
        assert!(pace.time_left(20_000).unwrap() > soon);
    }

    #[test]
    fn it_is_known_for_how_long_nothing_moves() {
        let mut pace = steady_pace(1000, 10, 500);
        assert_eq!(pace.quiet(), Duration::ZERO);
        for at in [11_000, 15_500] {
            pace.add(ms(at), 10_000);
        }
        assert_eq!(pace.quiet(), ms(5500));
        // Another attempt, of which nothing has gone yet.
        pace.add(ms(16_000), 0);
        assert_eq!(pace.quiet(), Duration::ZERO);
        pace.add(ms(20_000), 0);
        assert_eq!(pace.quiet(), ms(4000));
    }

    #[test]
    fn the_time_left_does_not_jump_with_one_slow_second() {
        let mut pace = steady_pace(1000, 20, 250);
        pace.add(ms(21_000), 20_100);
        let left = pace.time_left(40_100).unwrap().as_secs_f64();
        assert!((20.0..24.0).contains(&left), "{left}");
    }

    #[test]
    fn a_burst_at_the_start_does_not_shorten_the_prediction() {
        let mut pace = Pace::default();
        pace.add(ms(0), 0);
        pace.add(ms(50), 6000);
        assert_eq!(pace.rate(), 6000.0);
        for at in 1..=60 {
            pace.add(ms(50 + at * 100), 6000 + at * 100);
        }
        let left = pace.time_left(24_000).unwrap().as_secs_f64();
        assert!((5.9..6.2).contains(&left), "{left}");
    }

    #[test]
    fn a_new_attempt_restarts_the_prediction_and_keeps_the_history() {
        let mut pace = steady_pace(1000, 10, 500);
        pace.add(ms(10_500), 0);
        assert_eq!(pace.time_left(20_000), None);
        assert_eq!(pace.rate(), 0.0);
        pace.add(ms(11_000), 5000);
        pace.add(ms(12_000), 15_000);
        assert_eq!(pace.rate(), 10_000.0);
        assert_eq!(pace.time_left(25_000), Some(Duration::from_secs(1)));
        assert_eq!(pace.seconds().len(), 13);
    }

    #[test]
    fn nothing_is_predicted_without_enough_samples() {
        let mut pace = Pace::default();
        assert_eq!(pace.time_left(100), None);
        pace.add(ms(0), 0);
        pace.add(ms(30_000), 0);
        assert_eq!(pace.time_left(100), None);
        pace.add(ms(30_500), 500);
        assert_eq!(pace.time_left(100_000), None);
    }

    #[test]
    fn waiting_for_the_first_byte_does_not_count_as_slow() {
        let mut pace = Pace::default();
        for at in 0..=30 {
            pace.add(Duration::from_secs(at), 0);
        }
        for at in 1..=5 {
            pace.add(Duration::from_secs(30 + at), at * 1000);
        }
        assert_eq!(pace.time_left(10_000).unwrap().as_secs(), 5);
    }

    #[test]
    fn only_one_minute_is_kept() {
        let pace = steady_pace(10, 100, 1000);
        assert_eq!(pace.seconds().len(), 60);
        let mut slept = steady_pace(10, 5, 1000);
        slept.add(Duration::from_secs(86_400), 60);
        assert_eq!(slept.seconds().len(), 60);
    }

    #[test]
    fn the_last_minute_fits_its_columns_and_its_parts_stay_in_place() {
        let mut pace = steady_pace(1000, 30, 1000);
        assert_eq!(pace.last_minute(60).len(), 30);
        assert_eq!(pace.last_minute(20), [1000; 10]);
        pace.add(Duration::from_secs(31), 30_000);
        assert_eq!(pace.last_minute(20), [1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 0]);
        assert_eq!(steady_pace(1000, 100, 1000).last_minute(20).len(), 20);
        assert!(Pace::default().last_minute(20).is_empty());
    }

    proptest! {
        #[test]
        fn every_byte_of_the_last_minute_is_in_one_second(steps in prop::collection::vec((1u64..900, 0u64..10_000), 1..60)) {
            let mut pace = Pace::default();
            pace.add(Duration::ZERO, 0);
            let (mut at, mut bytes) = (0, 0);
            for (step, more) in steps {
                at += step;
                bytes += more;
                pace.add(ms(at), bytes);
            }
            let kept: u64 = pace.seconds().sum();
            prop_assert!(kept.abs_diff(bytes) <= 60, "{kept} of {bytes}");
        }

        #[test]
        fn no_samples_cause_a_panic(steps in prop::collection::vec((0u64..100_000, 0u64..u64::MAX), 0..30), total in any::<u64>()) {
            let mut pace = Pace::default();
            for (at, bytes) in steps {
                pace.add(ms(at), bytes);
                prop_assert!(pace.rate() >= 0.0);
                let _ = pace.time_left(total);
                prop_assert!(pace.last_minute(17).len() <= 17);
            }
        }
    }

    #[test]
    fn the_total_is_estimated_from_the_rows_until_it_is_known() {
        let mut progress = Progress { rows_stated: Some(1000), ..Progress::default() };
        assert_eq!(estimated_total(&progress), None);
        (progress.rows, progress.bytes_in) = (100, 5_000);
        assert_eq!(estimated_total(&progress), Some(50_000));
        (progress.rows, progress.bytes_in) = (1010, 50_400);
        assert_eq!(estimated_total(&progress), Some(50_400));
        progress.bytes_total = Some(51_000);
        assert_eq!(estimated_total(&progress), Some(51_000));
    }

    #[test]
    fn the_bar_is_full_only_at_the_end() {
        let mut progress = Progress { bytes_total: Some(100), bytes_out: 100, ..Progress::default() };
        assert_eq!(upload_ratio(&progress), Some(0.99));
        progress.phases[Phase::Upload as usize] = PhaseState::Done(ms(1));
        assert_eq!(upload_ratio(&progress), Some(1.0));
    }
}
