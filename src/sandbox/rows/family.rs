//! The kinds of rows: their columns and cells.

use fastrand::Rng;

use super::Cells;

/// Row `n` is of region `n % 5` in every family that has one.
pub(crate) const REGIONS: [&str; 5] = ["North", "South", "East", "West", "Online"];

const STORES: [&str; 8] =
    ["Salt Lake City", "Austin, Domain", "Portland", "O'Hare T2", "Zürich HB", "München", "Montréal", "Québec"];
const PRODUCTS: [&str; 10] = [
    "Trail Shoe",
    "27\" Monitor",
    "Desk, oak",
    "Coffee, whole bean, 1 kg",
    "The \"Classic\" Mug",
    "Rain Jacket",
    "Bike Light",
    "Notebook A5",
    "USB-C Cable",
    "Crème brûlée torch",
];
const CHANNELS: [&str; 5] = ["organic", "paid search", "email", "social", "direct"];
const ACCOUNTS: [&str; 6] =
    ["4000 Revenue", "5000 Cost of sales", "6100 Rent", "6200 Payroll", "6310 Travel, domestic", "7000 Interest"];
const CARRIERS: [&str; 4] = ["UPS", "FedEx", "DHL Express", "Post"];
const TAGS: [&str; 6] = ["#spring", "#sale", "evergreen", "#BlackFriday", "launch", "#1 seller"];
const COMMENTS: [&str; 12] = [
    "Fast delivery",
    "He said \"never again\"",
    "Two lines:\nthis is the second",
    "Windows line\r\nends too",
    "Loved it \u{1F600}\u{1F44D}\u{1F3FD}",
    "=SUM(A1:A3)",
    "+1 555 0100",
    "@support please call",
    "-5% off, not -50%",
    "commas, commas, commas",
    " leading and trailing ",
    "日本語のレビュー",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Sales,
    Web,
    Ledger,
    Shipments,
    Feedback,
    Tags,
    OptOuts,
}

impl Family {
    #[cfg(test)]
    pub(crate) const ALL: [Family; 7] = [
        Family::Sales,
        Family::Web,
        Family::Ledger,
        Family::Shipments,
        Family::Feedback,
        Family::Tags,
        Family::OptOuts,
    ];

    /// Name and type of each column. The types are those of Domo's DataSet API: STRING, DECIMAL, LONG, DOUBLE, DATE,
    /// DATETIME.
    pub(crate) fn columns(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Family::Sales => &[
                ("order_id", "LONG"),
                ("order_date", "DATE"),
                ("region", "STRING"),
                ("store", "STRING"),
                ("product", "STRING"),
                ("units", "LONG"),
                ("amount", "DECIMAL"),
                ("discount", "DOUBLE"),
            ],
            Family::Web => &[
                ("session_id", "LONG"),
                ("day", "DATE"),
                ("region", "STRING"),
                ("channel", "STRING"),
                ("page", "STRING"),
                ("sessions", "LONG"),
                ("bounce_rate", "DOUBLE"),
                ("last_seen", "DATETIME"),
            ],
            Family::Ledger => &[
                ("entry", "LONG"),
                ("booked", "DATE"),
                ("region", "STRING"),
                ("account", "STRING"),
                ("memo", "STRING"),
                ("debit", "DECIMAL"),
                ("credit", "DECIMAL"),
                ("_BATCH_ID_", "DOUBLE"),
                ("_BATCH_LAST_RUN_", "DATETIME"),
            ],
            Family::Shipments => &[
                ("shipment", "LONG"),
                ("shipped", "DATE"),
                ("region", "STRING"),
                ("carrier", "STRING"),
                ("tracking", "STRING"),
                ("weight_kg", "DOUBLE"),
            ],
            Family::Feedback => &[
                ("id", "LONG"),
                ("received", "DATE"),
                ("customer", "STRING"),
                ("rating", "LONG"),
                ("comment", "STRING"),
                ("reply", "STRING"),
            ],
            Family::Tags => &[("tag", "STRING"), ("campaign", "STRING"), ("clicks", "LONG")],
            Family::OptOuts => &[("email", "STRING")],
        }
    }

    /// Set if a row begins with its number and a date.
    pub(crate) fn numbered(self) -> bool {
        !matches!(self, Family::Tags | Family::OptOuts)
    }

    /// Writes ending number `index`: all cells after the number and the date.
    pub(crate) fn tail(self, index: usize, random: &mut Rng, cells: &mut Cells) {
        let region = REGIONS[index % REGIONS.len()];
        match self {
            Family::Sales => {
                let units = random.i64(1..40);
                // Some are returns: amounts below zero.
                let sign = if random.u8(..) < 8 { -1 } else { 1 };
                cells.cell(region).cell(pick(random, &STORES)).cell(pick(random, &PRODUCTS)).cell(units * sign);
                cells.cents(sign * units * random.i64(199..25_000));
                // Two in three have no discount: null.
                if random.bool() || random.bool() {
                    cells.cell("")
                } else {
                    cells.cell(format_args!("0.{:02}", random.u8(5..40)))
                };
            }
            Family::Web => {
                cells.cell(region).cell(pick(random, &CHANNELS)).cell(format_args!("/p/{}?ref=a,b", random.u16(..)));
                cells.cell(random.u32(1..9_000)).cell(format_args!("0.{:03}", random.u16(..1000)));
                cells.cell(format_args!(
                    "2026-{:02}-{:02}T{:02}:{:02}:00",
                    random.u8(1..12),
                    random.u8(1..29),
                    random.u8(..24),
                    random.u8(..60)
                ));
            }
            Family::Ledger => {
                cells
                    .cell(region)
                    .cell(pick(random, &ACCOUNTS))
                    .cell(format_args!("Invoice {}, net 30", random.u32(10_000..99_999)));
                let amount = random.i64(1_000..9_000_000);
                if random.bool() {
                    cells.cents(amount).cell("")
                } else {
                    cells.cell("").cents(amount)
                };
                cells.cell("412.0").cell("2026-11-19T04:00:11");
            }
            Family::Shipments => {
                cells.cell(region).cell(pick(random, &CARRIERS));
                // Longer than a 64-bit number: a client that guesses types would damage it.
                cells.cell(format_args!("{:022}", random.u64(..))).cell(format_args!(
                    "{}.{}",
                    random.u8(..60),
                    random.u8(..10)
                ));
            }
            Family::Feedback => {
                cells
                    .quoted(&format!("Customer {}", random.u16(..900)))
                    .cell(random.u8(1..6))
                    .cell(pick(random, &COMMENTS));
                // A null, the text \N, a null, an empty text.
                match index % 4 {
                    0 => cells.cell("\\N"),
                    1 => cells.quoted("\\N"),
                    2 => cells.cell(""),
                    _ => cells.quoted(""),
                };
            }
            Family::Tags => {
                cells
                    .cell(pick(random, &TAGS))
                    .cell(format_args!("Campaign {}", random.u8(1..60)))
                    .cell(random.u32(..50_000));
            }
            Family::OptOuts => {
                if random.u8(..) < 25 {
                    cells.cell("")
                } else {
                    cells.cell(format_args!("person{}@example.com", random.u32(..100_000)))
                };
            }
        }
    }
}

fn pick(random: &mut Rng, from: &[&'static str]) -> &'static str {
    from[random.usize(..from.len())]
}
