//! The project's own commands: `cargo xtask test` is everything a change must pass.
#![expect(
    clippy::print_stdout,
    reason = "a command for a terminal: what it prints is what it is for"
)]

mod bench;
mod book;
mod chaos;
mod console;
mod deny;
mod docs;
mod floors;
mod fuzz;
mod guides;
mod image;
mod links;
mod lint;
mod load;
mod openapi;
mod package;
mod process;
mod project;
mod provision;
mod python;
mod rust_tests;
mod steps;
mod supply;
mod surface;
mod timing;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use project::Project;
use steps::Step;

/// The project's own commands; each step of `test` also runs alone.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything a change must pass; installs what is missing first.
    Test,
    /// Install what the steps need and the machine lacks.
    Provision,
    /// Is every file formatted?
    Fmt,
    /// Clippy over everything, a warning is an error.
    Lint,
    /// Do imports only point down? Are files short, lints inherited, paths of no machine?
    Floors,
    /// Do the relative links in the Markdown files lead somewhere?
    Links,
    /// Licences, banned crates and sources of all dependencies.
    Deny,
    /// Is each dependency in the record of who vouches for it? As cargo-vet says.
    Vet,
    /// Write what is in each package as a bill of materials, in the form of CycloneDX.
    Sbom,
    /// Make the release's binary twice, in two places: is it the same?
    Reproducible,
    /// Known vulnerabilities of all dependencies; needs the network, so no change has to pass it.
    Advisories,
    /// Build and run the Rust tests and the examples in the documentation.
    Rust,
    /// The Rust documentation, a broken link is an error.
    Docs,
    /// Does the public API name no type of another package but the allowed, with an example of each?
    Surface,
    /// Is what changed in the public API since the last release allowed by the version?
    Semver(surface::Baseline),
    /// Build the wheel, install it into a clean environment, run its tests.
    Py,
    /// The guides as a book, without a warning.
    Book,
    /// Type what the pages tell a reader to type, and find the code they show.
    Guides,
    /// The packages as a registry gets them, each built from what it holds.
    Package,
    /// Make the container image's content and start it, without a container engine.
    Image,
    /// Drive the Live Console in a real browser; leaves screenshots below the target directory.
    Console,
    /// Hold the OpenAPI document against the running gateway.
    Openapi,
    /// Replay the fuzz seeds and some thousand mutations; with a target or a number of executions, run
    /// libFuzzer.
    Fuzz(fuzz::Args),
    /// Count how often a delivery asks for memory: more often than before is an error.
    Allocations,
    /// Count the instructions that a delivery costs the core: more than before is an error.
    Instructions,
    /// Kill the gateway and Postgres under load, again and again, and compare what was told with what
    /// is kept.
    Chaos(chaos::Args),
    /// An hour at half of what the gateway can take: does anything grow, slow down or get lost?
    Soak(load::Soak),
    /// Four times as much as the gateway can take: is the rest told so at once?
    Overload(load::Overload),
    /// Half-open sockets, endless bodies, heavy ones and a storm of feeds, as heavy as is promised: does
    /// GitHub still get through?
    Siege,
    /// Measure against the limits and the peers, side by side; writes the tables of the performance page.
    Bench(bench::Args),
    /// Does the time of a verification tell where a signature is wrong? Some seconds on a quiet machine.
    Timing,
}

const PROVISION: Step = Step::new("provision", "what the steps need is installed", provision::run);
const FMT: Step = Step::new("fmt", "every file is formatted", lint::fmt);
const LINT: Step = Step::new("lint", "clippy finds nothing", lint::clippy);
const FLOORS: Step = Step::new("floors", "imports only point down", floors::run);
const LINKS: Step = Step::new("links", "links between the pages lead somewhere", links::run);
const DENY: Step = Step::new("deny", "licences, bans and sources of dependencies", deny::run);
const BUILD: Step = Step::new("build", "the tests compile", rust_tests::build);
const RUST: Step = Step::new("rust", "the Rust tests and doc examples pass", rust_tests::run);
const DOCS: Step = Step::new("docs", "the documentation builds without a warning", docs::run);
const SURFACE: Step =
    Step::new("surface", "the public API names its own types and shows their use", surface::run);
const PY: Step = Step::new("py", "the wheel installs and passes its tests", python::run);
const BOOK: Step = Step::new("book", "the guides build as a book", book::run);
const GUIDES: Step = Step::new("guides", "what the pages show works", guides::run);
const PACKAGE: Step = Step::new("package", "each package builds from what it holds", package::run);
const IMAGE: Step = Step::new("image", "the container image's content starts", image::run);
const CONSOLE: Step = Step::new("console", "the console works in a real browser", console::run);
const OPENAPI: Step = Step::new("openapi", "the gateway does what its document says", openapi::run);
const ALLOCATIONS: Step = Step::new(
    "allocations",
    "a delivery asks for memory no more often than it did",
    bench::allocations,
);
const INSTRUCTIONS: Step = Step::new(
    "instructions",
    "a delivery costs no more instructions than it did",
    bench::instructions,
);
const FUZZ: Step = Step::new("fuzz", "seeds and mutations break nothing", fuzz::smoke);

/// What needs no compiler comes first, so that the cheapest failure is the first one seen.
const TEST: &[Step] = &[
    PROVISION,
    FMT,
    FLOORS,
    LINKS,
    LINT,
    DENY,
    BOOK,
    BUILD,
    RUST,
    FUZZ,
    ALLOCATIONS,
    INSTRUCTIONS,
    DOCS,
    SURFACE,
    IMAGE,
    GUIDES,
    PY,
    CONSOLE,
    OPENAPI,
];

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let done = Project::find().and_then(|project| match command {
        Command::Test => steps::run_all(&project, TEST),
        Command::Provision => steps::run_all(&project, &[PROVISION]),
        Command::Fmt => steps::run_all(&project, &[FMT]),
        Command::Lint => steps::run_all(&project, &[LINT]),
        Command::Floors => steps::run_all(&project, &[FLOORS]),
        Command::Links => steps::run_all(&project, &[LINKS]),
        Command::Deny => steps::run_all(&project, &[DENY]),
        Command::Vet => supply::vet(&project),
        Command::Sbom => supply::sbom(&project),
        Command::Reproducible => supply::reproducible(&project),
        Command::Advisories => deny::advisories(&project),
        Command::Book => steps::run_all(&project, &[BOOK]),
        Command::Guides => steps::run_all(&project, &[GUIDES]),
        Command::Package => steps::run_all(&project, &[PACKAGE]),
        Command::Image => steps::run_all(&project, &[IMAGE]),
        Command::Rust => steps::run_all(&project, &[BUILD, RUST]),
        Command::Docs => steps::run_all(&project, &[DOCS]),
        Command::Surface => steps::run_all(&project, &[SURFACE]),
        Command::Semver(baseline) => surface::semver(&project, &baseline),
        Command::Py => steps::run_all(&project, &[PY]),
        Command::Console => steps::run_all(&project, &[CONSOLE]),
        Command::Openapi => steps::run_all(&project, &[OPENAPI]),
        Command::Fuzz(args) if args.is_smoke() => steps::run_all(&project, &[FUZZ]),
        Command::Fuzz(args) => fuzz::run(&project, &args),
        Command::Allocations => steps::run_all(&project, &[ALLOCATIONS]),
        Command::Instructions => steps::run_all(&project, &[INSTRUCTIONS]),
        Command::Chaos(args) => chaos::run(&project, &args),
        Command::Soak(args) => load::soak(&project, &args),
        Command::Overload(args) => load::overload(&project, &args),
        Command::Siege => load::siege(&project),
        Command::Bench(args) => bench::run(&project, &args),
        Command::Timing => timing::run(&project),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
