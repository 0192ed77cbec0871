//! Any rhythm of a schedule, for property tests.

use chrono::{Weekday, WeekdaySet};
use proptest::prelude::*;
use writeback::testing::export::schedule::{
    Active, Advanced, Day, DaysOfMonth, Nth, Rhythm, TimeOfDay, Times, WeekdayOfMonth,
};

fn times_of_day() -> impl Strategy<Value = TimeOfDay> {
    // Clocks change in the first hours of a day, and at its end.
    let hour = prop_oneof![3 => 0u16..4, 1 => 22u16..24, 3 => 0u16..24];
    let minute = prop_oneof![Just(0u16), Just(30u16), Just(15u16), 0u16..60];
    (hour, minute).prop_map(|(hour, minute)| TimeOfDay::new(hour, minute).unwrap())
}

fn active() -> impl Strategy<Value = Active> {
    (times_of_day(), prop::option::of(times_of_day()))
        .prop_map(|(from, to)| Active { from, to: to.filter(|to| *to != from) })
}

fn weekdays() -> impl Strategy<Value = Weekday> {
    (0u8..7).prop_map(|number| Weekday::try_from(number).unwrap())
}

fn days_of_month() -> impl Strategy<Value = DaysOfMonth> {
    let dates = prop::collection::vec(prop_oneof![1u8..=31, 28u8..=31].prop_map(Day::Date), 1..5);
    let nth = prop_oneof![1 => Just(Nth::Every), 2 => Just(Nth::Last), 5 => (1u8..=5).prop_map(Nth::Number)];
    let place = (nth, weekdays()).prop_map(|(nth, weekday)| Day::Weekday(WeekdayOfMonth { nth, weekday }));
    let places = prop::collection::vec(place, 1..4);
    prop_oneof![
        1 => Just(DaysOfMonth::Every),
        2 => dates.prop_map(|days| DaysOfMonth::new(&days).unwrap()),
        2 => places.prop_map(|days| DaysOfMonth::new(&days).unwrap()),
    ]
}

/// Any rhythm but those of cron expressions; most times are such as clocks skip or show twice somewhere.
pub(crate) fn rhythms() -> impl Strategy<Value = Rhythm> {
    let on = prop::collection::vec(weekdays(), 1..5).prop_map(|days| days.into_iter().collect::<WeekdaySet>());
    let minutes = prop_oneof![Just(15u16), Just(60), Just(480), 5u16..1440];
    let times = prop_oneof![
        times_of_day().prop_map(Times::At),
        (minutes, active()).prop_map(|(minutes, active)| Times::Interval { minutes, active }),
    ];
    prop_oneof![
        (1u16..24, active()).prop_map(|(every, active)| Rhythm::Hours { every, active }),
        (1u16..9, times_of_day()).prop_map(|(every, at)| Rhythm::Days { every, at }),
        times_of_day().prop_map(|at| Rhythm::Weekdays { at }),
        (1u16..5, on, times_of_day()).prop_map(|(every, on, at)| Rhythm::Weeks { every, on, at }),
        (1u16..4, prop_oneof![1u8..=31, 28u8..=31], times_of_day()).prop_map(|(every, day, at)| Rhythm::Months {
            every,
            day,
            at
        }),
        (days_of_month(), times, any::<bool>())
            .prop_map(|(days, times, start_at_once)| { Rhythm::Advanced(Advanced { days, times, start_at_once }) }),
    ]
}
