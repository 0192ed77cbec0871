//! Judges, poll by poll, whether the file just sent has arrived. data.world may show an upload late, its date before
//! its size or, if the bytes are the same, not at all; and its status covers the whole dataset.

use std::time::Duration;

use super::{RunNote, Unproven};
use crate::services::dataworld::File;

/// Time that an error must persist before it is believed: one poll may still show the end of earlier processing.
const ERROR_GRACE: Duration = Duration::from_secs(10);
/// Time that an entry may look unchanged before the bytes are compared.
const FIRST_COMPARISON: Duration = Duration::from_secs(10);
const COMPARISON_FACTOR: u32 = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Wait,
    /// Only the bytes can tell: the entry is unchanged and has the sent size, or it looks wrong.
    Compare,
    Arrived(Arrival),
    Unproven(Unproven),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrival {
    pub(super) by_size_only: bool,
    pub(super) note: Option<RunNote>,
}

#[derive(Debug)]
pub(super) struct Polls<'a> {
    previous: Option<&'a File>,
    was_broken: bool,
    sent: u64,
    /// Longest wait for the file to be shown.
    limit: Duration,
    wrong_since: Option<Duration>,
    /// The new file has been seen, by its entry or by its bytes.
    is_new: bool,
    /// data.world has returned the sent bytes, whatever it shows.
    is_read_back: bool,
    doubt: Option<Unproven>,
    next_comparison: Duration,
}

impl<'a> Polls<'a> {
    pub(super) fn new(previous: Option<&'a File>, was_broken: bool, sent: u64, limit: Duration) -> Self {
        Self {
            previous,
            was_broken,
            sent,
            limit,
            wrong_since: None,
            is_new: previous.is_none(),
            is_read_back: false,
            doubt: None,
            next_comparison: FIRST_COMPARISON.min(limit),
        }
    }

    /// Takes the dataset's status and the file's entry, `at` this time after the upload.
    pub(super) fn observe(&mut self, at: Duration, status: Option<&str>, file: Option<&File>) -> Verdict {
        let over = at >= self.limit;
        let is_processing = matches!(status, Some("NEW" | "INPROGRESS"));
        let is_other = file.is_some_and(|file| self.differs_from_previous(file));
        self.is_new |= is_other;
        let shown = file.and_then(|file| file.size);
        if is_processing && !over && (shown.is_some() || self.is_read_back) {
            self.wrong_since = None;
            return Verdict::Wait;
        }
        if self.is_read_back {
            return self.processed(at, status, (shown != Some(self.sent)).then_some(RunNote::ReadBack(shown)));
        }
        let Some(shown) = shown else { return self.not_shown(over) };
        if shown != self.sent {
            let is_old = !is_other || self.previous.is_some_and(|before| before.size == Some(shown));
            if is_old && !(over && is_other) {
                return self.not_shown(over);
            }
            let wrong = Unproven::Size { sent: self.sent, shown };
            return if self.has_persisted(at) { self.doubt(wrong) } else { Verdict::Wait };
        }
        if !self.is_new {
            self.wrong_since = None;
            return if at >= self.next_comparison { Verdict::Compare } else { Verdict::Wait };
        }
        self.processed(at, status, is_processing.then_some(RunNote::StillProcessing))
    }

    fn processed(&mut self, at: Duration, status: Option<&str>, note: Option<RunNote>) -> Verdict {
        match status {
            Some("SYSTEMERROR") if !self.has_persisted(at) => Verdict::Wait,
            Some("SYSTEMERROR") if self.was_broken => arrived(Some(RunNote::BrokenBefore)),
            Some(status @ "SYSTEMERROR") => Verdict::Unproven(Unproven::Processing(status.to_owned())),
            _ => arrived(note),
        }
    }

    /// Takes the result of a comparison; `None` if the file could not be read.
    pub(super) fn take_comparison(&mut self, at: Duration, same: Option<bool>) -> Verdict {
        self.next_comparison = (at * COMPARISON_FACTOR).min(self.limit);
        let doubt = self.doubt.take();
        match same {
            Some(true) => {
                (self.is_new, self.is_read_back) = (true, true);
                Verdict::Wait
            }
            _ if doubt.is_some() || at < self.limit => doubt.map_or(Verdict::Wait, Verdict::Unproven),
            Some(false) => Verdict::Unproven(Unproven::OtherBytes),
            None => Verdict::Arrived(Arrival { by_size_only: true, note: Some(RunNote::OldDate) }),
        }
    }

    /// The entry differs from that of the previous file. If that one's size was unknown, a new size may only come from
    /// its processing.
    fn differs_from_previous(&self, file: &File) -> bool {
        let other =
            |before: &File| file.updated != before.updated || (before.size.is_some() && file.size != before.size);
        self.previous.is_none_or(other)
    }

    fn has_persisted(&mut self, at: Duration) -> bool {
        let since = *self.wrong_since.get_or_insert(at);
        at - since >= ERROR_GRACE || at >= self.limit
    }

    fn not_shown(&mut self, over: bool) -> Verdict {
        self.wrong_since = None;
        if over { self.doubt(Unproven::NotShown) } else { Verdict::Wait }
    }

    /// Reports an error, unless the bytes are right.
    fn doubt(&mut self, wrong: Unproven) -> Verdict {
        self.doubt = Some(wrong);
        Verdict::Compare
    }
}

fn arrived(note: Option<RunNote>) -> Verdict {
    Verdict::Arrived(Arrival { by_size_only: false, note })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    const LIMIT: u64 = 600;

    fn entry(updated: i64, size: impl Into<Option<u64>>) -> File {
        File {
            name: "sales.csv".to_owned(),
            size: size.into(),
            created: None,
            updated: DateTime::from_timestamp(updated, 0),
            updated_by: None,
            sync_status: None,
        }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn polls(before: Option<&File>, was_broken: bool) -> Polls<'_> {
        Polls::new(before, was_broken, 100, seconds(LIMIT))
    }

    /// The verdicts at these seconds of polls that show the same; compared bytes differ.
    fn verdicts(mut looks: Polls<'_>, status: &str, file: Option<&File>, at: &[u64]) -> Vec<Verdict> {
        let mut verdict = |at| match looks.observe(at, Some(status), file) {
            Verdict::Compare => looks.take_comparison(at, Some(false)),
            verdict => verdict,
        };
        at.iter().map(|at| verdict(seconds(*at))).collect()
    }

    fn wrong_size(shown: u64) -> Verdict {
        Verdict::Unproven(Unproven::Size { sent: 100, shown })
    }

    #[test]
    fn a_new_entry_of_the_sent_size_has_arrived_once_processed() {
        for before in [None, Some(entry(1, 70)), Some(entry(1, 100)), Some(entry(1, None))] {
            let mut looks = polls(before.as_ref(), false);
            assert_eq!(looks.observe(seconds(0), None, Some(&entry(2, None))), Verdict::Wait);
            assert_eq!(looks.observe(seconds(1), Some("INPROGRESS"), Some(&entry(2, 100))), Verdict::Wait);
            assert_eq!(looks.observe(seconds(2), Some("LOADED"), Some(&entry(2, 100))), arrived(None));
        }
        // The size alone decides: no earlier file of that name had it.
        let before = entry(1, 70);
        assert_eq!(polls(Some(&before), false).observe(seconds(0), None, Some(&entry(1, 100))), arrived(None));
        let late = polls(None, false).observe(seconds(LIMIT), Some("INPROGRESS"), Some(&entry(2, 100)));
        assert_eq!(late, arrived(Some(RunNote::StillProcessing)));
    }

    #[test]
    fn a_missing_or_old_entry_is_waited_for() {
        let before = entry(1, 70);
        let not_shown = Verdict::Unproven(Unproven::NotShown);
        for (before, shown) in [(Some(&before), Some(&before)), (None, None)] {
            let said = verdicts(polls(before, false), "LOADED", shown, &[0, 15, LIMIT - 1, LIMIT]);
            assert_eq!(said, [Verdict::Wait, Verdict::Wait, Verdict::Wait, not_shown.clone()]);
        }
        let said = verdicts(polls(Some(&entry(1, None)), false), "LOADED", Some(&before), &[0, 60]);
        assert_eq!(said, [Verdict::Wait, Verdict::Wait]);
        // The date may come before the size.
        let dated = entry(2, 70);
        let said = verdicts(polls(Some(&before), false), "LOADED", Some(&dated), &[0, 60, LIMIT, LIMIT + 10]);
        assert_eq!(said, [Verdict::Wait, Verdict::Wait, wrong_size(70), wrong_size(70)]);
    }

    #[test]
    fn an_error_is_believed_after_a_time_not_after_some_polls() {
        let before = entry(1, 70);
        let said = verdicts(polls(Some(&before), false), "LOADED", Some(&entry(2, 90)), &[0, 1, 2, 3, 9, 10]);
        assert_eq!(said[..5], [const { Verdict::Wait }; 5]);
        assert_eq!(said[5], wrong_size(90));
        let mut looks = polls(Some(&before), false);
        for (at, status) in [(0, "SYSTEMERROR"), (6, "INPROGRESS"), (12, "SYSTEMERROR"), (21, "SYSTEMERROR")] {
            assert_eq!(looks.observe(seconds(at), Some(status), Some(&entry(2, 100))), Verdict::Wait, "{at}");
        }
        let failed = Verdict::Unproven(Unproven::Processing("SYSTEMERROR".to_owned()));
        assert_eq!(looks.observe(seconds(22), Some("SYSTEMERROR"), Some(&entry(2, 100))), failed);
    }

    #[test]
    fn a_wrong_or_missing_entry_is_proven_by_its_bytes() {
        let before = entry(1, 70);
        let cases = [
            (Some(&before), Some(entry(2, 90)), 10, Some(90)),
            (Some(&before), Some(entry(2, None)), LIMIT, None),
            (Some(&before), Some(before.clone()), LIMIT, Some(70)),
            (None, Some(entry(2, 0)), 10, Some(0)),
            (None, None, LIMIT, None),
        ];
        for (before, shown, at, size) in cases {
            let look = |looks: &mut Polls<'_>, at| looks.observe(seconds(at), Some("LOADED"), shown.as_ref());
            let begun = || {
                let mut looks = polls(before, false);
                assert_eq!([look(&mut looks, 0), look(&mut looks, at - 1)], [Verdict::Wait, Verdict::Wait]);
                assert_eq!(look(&mut looks, at), Verdict::Compare);
                looks
            };
            let mut read = begun();
            assert_eq!(read.take_comparison(seconds(at), Some(true)), Verdict::Wait);
            assert_eq!(look(&mut read, at + 1), arrived(Some(RunNote::ReadBack(size))));
            for same in [Some(false), None] {
                assert!(matches!(begun().take_comparison(seconds(at), same), Verdict::Unproven(_)), "{shown:?}");
            }
        }
        let mut looks = polls(None, false);
        looks.observe(seconds(0), Some("SYSTEMERROR"), Some(&entry(2, 90)));
        assert_eq!(looks.observe(seconds(10), Some("SYSTEMERROR"), Some(&entry(2, 90))), Verdict::Compare);
        looks.take_comparison(seconds(10), Some(true));
        let failed = Verdict::Unproven(Unproven::Processing("SYSTEMERROR".to_owned()));
        assert_eq!(looks.observe(seconds(11), Some("SYSTEMERROR"), Some(&entry(2, 90))), failed);
    }

    #[test]
    fn an_earlier_error_of_the_dataset_is_not_the_files() {
        let said = verdicts(polls(None, true), "SYSTEMERROR", Some(&entry(2, 100)), &[0, 10]);
        assert_eq!(said, [Verdict::Wait, arrived(Some(RunNote::BrokenBefore))]);
        assert_eq!(verdicts(polls(None, true), "LOADED", Some(&entry(2, 100)), &[0]), [arrived(None)]);
        let wrong = verdicts(polls(None, true), "SYSTEMERROR", Some(&entry(2, 90)), &[0, 10]);
        assert_eq!(wrong, [Verdict::Wait, wrong_size(90)]);
    }

    #[test]
    fn an_unchanged_entry_is_proven_by_its_bytes() {
        let same = entry(1, 100);
        let mut looks = polls(Some(&same), false);
        let look = |looks: &mut Polls<'_>, at| looks.observe(seconds(at), Some("LOADED"), Some(&same));
        assert_eq!([look(&mut looks, 0), look(&mut looks, 9)], [Verdict::Wait, Verdict::Wait]);
        assert_eq!(look(&mut looks, 10), Verdict::Compare);
        assert_eq!(looks.take_comparison(seconds(10), Some(false)), Verdict::Wait);
        assert_eq!([look(&mut looks, 39), look(&mut looks, 40)], [Verdict::Wait, Verdict::Compare]);
        assert_eq!(looks.take_comparison(seconds(41), Some(true)), Verdict::Wait);
        assert_eq!(look(&mut looks, 42), arrived(None));
    }

    #[test]
    fn old_bytes_are_no_arrival_and_unread_bytes_no_proof() {
        let same = entry(1, 100);
        for (read, expected) in [
            (Some(false), Verdict::Unproven(Unproven::OtherBytes)),
            (None, Verdict::Arrived(Arrival { by_size_only: true, note: Some(RunNote::OldDate) })),
        ] {
            let mut looks = polls(Some(&same), false);
            let mut compared = Vec::new();
            for at in 0.. {
                if looks.observe(seconds(at), Some("LOADED"), Some(&same)) == Verdict::Compare {
                    compared.push(at);
                    match looks.take_comparison(seconds(at), read) {
                        Verdict::Wait => {}
                        verdict => {
                            assert_eq!(verdict, expected);
                            break;
                        }
                    }
                }
            }
            assert_eq!(compared, [10, 40, 160, LIMIT]);
        }
    }
}
