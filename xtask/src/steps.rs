//! Steps that say what they do, how long they took, and which one failed.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::project::Project;

/// One thing that must hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    name: &'static str,
    /// What holds when the step has passed.
    claim: &'static str,
    run: fn(&Project) -> Result<()>,
}

impl Step {
    pub(crate) const fn new(
        name: &'static str,
        claim: &'static str,
        run: fn(&Project) -> Result<()>,
    ) -> Self {
        Self { name, claim, run }
    }
}

/// Runs these steps one after the other, up to the first that fails.
pub(crate) fn run_all(project: &Project, steps: &[Step]) -> Result<()> {
    let started = Instant::now();
    let mut passed: Vec<(&Step, Duration)> = Vec::new();
    let mut failure = None;
    for (number, step) in steps.iter().enumerate() {
        let (name, claim) = (step.name, step.claim);
        println!("\n==> {}/{} {name}: {claim}", number + 1, steps.len());
        let start = Instant::now();
        let result = (step.run)(project);
        let took = start.elapsed();
        match result {
            Ok(()) => {
                println!("    {name} passed in {}", shown(took));
                passed.push((step, took));
            }
            Err(error) => {
                println!("    {name} FAILED after {}", shown(took));
                failure = Some((step, took, error));
                break;
            }
        }
    }

    println!("\nSummary");
    for (step, took) in &passed {
        println!("  {:<11} passed {:>8}", step.name, shown(*took));
    }
    if let Some((step, took, _)) = &failure {
        println!("  {:<11} FAILED {:>8}", step.name, shown(*took));
    }
    for step in steps.iter().skip(passed.len() + usize::from(failure.is_some())) {
        println!("  {:<11} not run", step.name);
    }
    println!("  {:<11}        {:>8}", "all", shown(started.elapsed()));

    match failure {
        None => Ok(()),
        Some((step, _, error)) => {
            Err(error).with_context(|| format!("the step `{}` failed", step.name))
        }
    }
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = time.as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}
