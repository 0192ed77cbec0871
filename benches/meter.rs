//! Measures the counting of CSV records in bytes a second, beside two peers: the `csv` crate's parser, the usual choice,
//! and counting newlines, which is wrong as soon as a field has one.
//!
//! The bar is 2 GB/s on densely quoted CSV: then a transfer does not wait for the count.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use csv_core::{ReadRecordResult, Reader};
use writeback::testing::transfer::meter::Meter;

/// Larger than the caches that belong to one core, as a transfer is.
const SIZE: usize = 64 << 20;
/// The size of a read from a fast connection.
const PIECE: usize = 128 << 10;

/// Every field is quoted; some hold quotes, commas and line ends.
fn quoted() -> Vec<u8> {
    repeated(|row| {
        format!(
            "\"{row}\",\"O'Hara, Brid\",\"Jo \"\"JJ\"\" Jones\",\"{}\",\"two\nlines\",\"{}.50\"\n",
            row % 7,
            row % 997
        )
    })
}

/// Nothing is quoted.
fn plain() -> Vec<u8> {
    repeated(|row| format!("{row},2026-11-{:02},Article {},North,{}.50,on time\n", row % 28 + 1, row % 997, row % 99))
}

fn repeated(line: impl Fn(usize) -> String) -> Vec<u8> {
    let mut csv = Vec::with_capacity(SIZE + 256);
    for row in 0.. {
        csv.extend_from_slice(line(row).as_bytes());
        if csv.len() >= SIZE {
            break;
        }
    }
    csv
}

fn with_meter(csv: &[u8]) -> u64 {
    let mut meter = Meter::default();
    for piece in csv.chunks(PIECE) {
        meter.update(piece);
    }
    meter.count().records
}

fn with_csv_crate(csv: &[u8]) -> u64 {
    let (mut reader, mut output, mut ends) = (Reader::new(), vec![0; 64 << 10], vec![0; 256]);
    let (mut input, mut records) = (csv, 0);
    loop {
        let (result, read, _, _) = reader.read_record(input, &mut output, &mut ends);
        input = &input[read..];
        match result {
            ReadRecordResult::Record => records += 1,
            ReadRecordResult::End => return records,
            _ => {}
        }
    }
}

fn newlines(csv: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', csv).count() as u64
}

fn counting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("count");
    group.sample_size(20);
    for (name, csv) in [("quoted", quoted()), ("plain", plain())] {
        assert_eq!(with_meter(&csv), with_csv_crate(&csv), "{name}: both count the same");
        group.throughput(Throughput::Bytes(csv.len() as u64));
        for (counter, count) in
            [("meter", with_meter as fn(&[u8]) -> u64), ("csv crate", with_csv_crate), ("newlines", newlines)]
        {
            group.bench_with_input(BenchmarkId::new(counter, name), &csv, |bencher, csv| {
                bencher.iter(|| count(black_box(csv)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, counting);
criterion_main!(benches);
