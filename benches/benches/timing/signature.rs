//! Does the time of a verification tell where a wrong signature differs from the right one?
//!
//! After dudect (Reparaz, Balasch, Verbauwhede, 2017): two classes of input, drawn in random order, and
//! Welch's t between the times of both. One class is wrong in its first byte, the other in its last. The
//! control compares with `==`, as who knows no better does, and must be found out by the same means.

use std::cmp::Ordering;
use std::hint::black_box;
use std::time::Instant;

use oasis_core::verify::{GithubHeaders, GithubVerifier};
use oasis_core::{KeyRing, Secret};

/// How many times each class is timed, about.
const SAMPLES: usize = 1_000_000;

/// From here on the two classes are told apart: once in some 150,000 runs by chance.
const TOLD_APART: f64 = 4.5;

/// What is slower than this part of all samples was interrupted and says nothing.
const KEPT: f64 = 0.9;

const BODY: &[u8] = b"Hello, World!";

/// Times both; wrong where ours is told apart or the control is not.
pub fn judge() -> Result<(), &'static str> {
    let ring = KeyRing::new(Secret::new("It's a Secret to Everybody").expect("not empty"));
    let verifier = GithubVerifier::new(&ring);
    let right = verifier.sign(BODY);
    let wrong = [wrong_at(&right, "sha256=".len()), wrong_at(&right, right.len() - 1)];

    let headers = [read(&wrong[0]), read(&wrong[1])];
    let ours = welch(&headers, |headers| verifier.verify(headers, BODY).is_ok());
    let equals = welch(&[wrong[0].as_str(), wrong[1].as_str()], |signature| {
        verifier.sign(BODY) == *signature
    });
    println!("verify          {ours}");
    println!("control with == {equals}");
    match (ours.t.abs() < TOLD_APART, equals.t.abs() >= TOLD_APART) {
        (true, true) => Ok(()),
        (false, _) => Err("the time of a verification tells where a signature is wrong"),
        (_, false) => Err("the control was not found out, so this says nothing: a busy machine?"),
    }
}

/// The same signature with another digit there.
fn wrong_at(right: &str, at: usize) -> String {
    let digit = if right.as_bytes()[at] == b'0' { "1" } else { "0" };
    let mut wrong = right.to_owned();
    wrong.replace_range(at..=at, digit);
    wrong
}

fn read(signature: &str) -> GithubHeaders<'_> {
    let headers = [
        ("x-github-event", b"ping".as_slice()),
        ("x-github-delivery", b"d-1"),
        ("x-hub-signature-256", signature.as_bytes()),
    ];
    GithubHeaders::read(headers).expect("well-formed")
}

/// How far the means of two classes are apart, in standard errors.
struct Welch {
    t: f64,
    means: [f64; 2],
    counts: [usize; 2],
}

impl std::fmt::Display for Welch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { t, means: [first, last], counts: [a, b] } = self;
        write!(
            f,
            "t = {t:+8.2}; first byte wrong {first:.2} ns, last {last:.2} ns; {a} and {b} samples"
        )
    }
}

fn welch<T: Copy>(classes: &[T; 2], judge: impl Fn(&T) -> bool) -> Welch {
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut times = Vec::with_capacity(2 * SAMPLES);
    for n in 0..2 * SAMPLES + SAMPLES / 10 {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let class = usize::from(chance >> 63 == 1);
        // One place in memory for both, or where they lie would be timed too.
        let input = black_box(classes[class]);
        let start = Instant::now();
        let passed = judge(black_box(&input));
        let took = start.elapsed();
        assert!(!black_box(passed), "both are wrong");
        // The first ones warm up.
        if n >= SAMPLES / 10 {
            times.push((class, took.as_nanos() as f64));
        }
    }
    times.sort_unstable_by(|(_, a), (_, b)| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    times.truncate((times.len() as f64 * KEPT) as usize);
    let of = |class| {
        let mine: Vec<f64> = times.iter().filter(|(c, _)| *c == class).map(|(_, ns)| *ns).collect();
        let count = mine.len() as f64;
        let mean = mine.iter().sum::<f64>() / count;
        let variance = mine.iter().map(|ns| (ns - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mine.len(), mean, variance / count)
    };
    let ((a, first, error_a), (b, last, error_b)) = (of(0), of(1));
    let t = (first - last) / (error_a + error_b).sqrt();
    Welch { t, means: [first, last], counts: [a, b] }
}
