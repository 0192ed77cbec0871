//! Numbers in the fields of a schedule.

pub(super) fn sorted(numbers: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut numbers: Vec<u8> = numbers.into_iter().collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// `1,8..14`: single numbers, and ranges for three or more in a row, with `to` between the ends.
pub(super) fn format_ranges(numbers: &[u8], to: &str, write: impl Fn(u8) -> String) -> String {
    let mut parts = Vec::new();
    for run in numbers.chunk_by(|a, b| a + 1 == *b) {
        match run {
            [first, _, .., last] => parts.push(format!("{}{to}{}", write(*first), write(*last))),
            few => parts.extend(few.iter().map(|number| write(*number))),
        }
    }
    parts.join(",")
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) hours: Vec<u8>,
    pub(super) minutes: Vec<u8>,
}

impl Times {
    /// Groups minutes since midnight exactly: hours with the same minutes go together.
    pub(super) fn group(minutes: impl IntoIterator<Item = u16>) -> Vec<Self> {
        let mut by_hour = vec![Vec::new(); 24];
        for minute in minutes {
            if let Some(hour) = by_hour.get_mut(usize::from(minute / 60)) {
                hour.extend(u8::try_from(minute % 60));
            }
        }
        let mut groups: Vec<Self> = Vec::new();
        for (hour, minutes) in (0u8..).zip(by_hour) {
            let minutes = sorted(minutes);
            if minutes.is_empty() {
                continue;
            }
            match groups.iter_mut().find(|group| group.minutes == minutes) {
                Some(group) => group.hours.push(hour),
                None => groups.push(Self { hours: vec![hour], minutes }),
            }
        }
        groups
    }

    pub(super) fn minutes_of_day(&self) -> impl Iterator<Item = u16> {
        self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |m| u16::from(*hour) * 60 + u16::from(*m)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_a_row_are_a_range() {
        let write = |numbers: &[u8]| format_ranges(numbers, "-", |number| number.to_string());
        assert_eq!(write(&[1, 2, 4, 5, 6, 9]), "1,2,4-6,9");
        assert_eq!(write(&[]), "");
    }

    #[test]
    fn hours_with_the_same_minutes_belong_together() {
        let groups = Times::group([0, 30, 60, 90, 135]);
        assert_eq!(groups[0], Times { hours: vec![0, 1], minutes: vec![0, 30] });
        assert_eq!(groups[1], Times { hours: vec![2], minutes: vec![15] });
        let all: Vec<u16> =
            Times::group((0..1440).step_by(7)).iter().flat_map(|t| t.minutes_of_day().collect::<Vec<_>>()).collect();
        assert_eq!(all.len(), 206);
    }
}
