//! The fuzz targets on any toolchain: their seeds, then mutations of them, the same in each run, and
//! real payloads where there are.

use std::path::Path;

use oasis_fuzz::{TARGETS, corpus, real_seeds};

/// How many mutations a target is given: fewer of one whose input is many steps.
fn mutations(name: &str) -> usize {
    match name {
        "query_string" | "router" | "store_sequence" => 1_000,
        _ => 10_000,
    }
}

#[test]
fn b16_seeds_and_mutations_keep_the_laws() {
    for (name, target) in TARGETS {
        let seeds = seeds(name);
        for seed in &seeds {
            judge(name, target, seed);
        }
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        for _ in 0..mutations(name) {
            judge(name, target, &mutated(&seeds, &mut dice));
        }
    }
}

#[test]
fn real_payloads_keep_the_laws() {
    let corpus = match corpus() {
        Ok(corpus) => corpus,
        Err(missing) => {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            let known = std::env::var("OASIS_CORPUS").is_ok_and(|corpus| corpus == "none");
            assert!(!ci || known, "{missing}");
            return eprintln!("NOT TESTED with real payloads: {missing}");
        }
    };
    for (name, target) in TARGETS {
        let seeds = real_seeds(&corpus, name);
        let least = match name {
            "gcp_payload" => 35,
            "signature_headers" => 14,
            "vtid_search" => 3_400,
            "feed_frame" | "google_token" | "query_string" | "store_sequence" => 0,
            _ => 872,
        };
        assert!(seeds.len() >= least, "only {} seeds for {name}", seeds.len());
        for seed in &seeds {
            judge(name, target, seed);
        }
    }
}

fn judge(name: &str, target: fn(&[u8]), input: &[u8]) {
    let _shown = ShownOnPanic { name, input };
    target(input);
}

/// Names the input that broke a law.
struct ShownOnPanic<'a> {
    name: &'a str,
    input: &'a [u8],
}

impl Drop for ShownOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}: b\"{}\"", self.name, self.input.escape_ascii());
        }
    }
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort_unstable();
    assert!(!files.is_empty(), "{name} has no seeds");
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// A pseudo-random source that is the same everywhere (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// What the formats are made of; a random byte alone seldom gets past the first check.
const PIECES: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b",",
    b":",
    b"\\",
    b"null",
    b"true",
    b"\\ud800",
    b"\\u0000",
    b"-",
    b"1e999",
    b"0",
    b"DEV-CICDL-0031",
    b"VTID-03697",
    b"2025",
    b"\xff",
    "é".as_bytes(),
    b"\n",
    b"%7B",
    b"+",
    b"&payload=",
];

fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(6) {
            0 => bytes.insert(at, dice.byte()),
            1 => drop(bytes.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied())),
            2 => bytes.truncate(at),
            3 => {
                let end = at + dice.below(bytes.len() - at + 1);
                drop(bytes.drain(at..end));
            }
            4 => {
                // The tail of another seed.
                let other = &seeds[dice.below(seeds.len())];
                bytes.truncate(at);
                bytes.extend_from_slice(&other[dice.below(other.len() + 1)..]);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = dice.byte();
                }
            }
        }
    }
    bytes
}
