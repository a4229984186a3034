//! Other programs, run in the open: each command is shown before it starts.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Runs a command to its end; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().with_context(|| format!("can't start `{}`", shown(command)))?;
    ensure!(status.success(), "`{}` ended with {status}", shown(command));
    Ok(())
}

/// What a command prints; its complaints go to the terminal.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("can't start `{}`", shown(command)))?;
    ensure!(output.status.success(), "`{}` ended with {}", shown(command), output.status);
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` printed no UTF-8", shown(command)))
}

/// What a command says to the terminal, which is shown too: for programs that warn and succeed.
pub(crate) fn overheard(command: &mut Command) -> Result<String> {
    println!("$ {}", shown(command));
    let output = command.output().with_context(|| format!("can't start `{}`", shown(command)))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    print!("{}{said}", String::from_utf8_lossy(&output.stdout));
    ensure!(output.status.success(), "`{}` ended with {}", shown(command), output.status);
    Ok(said)
}

/// What a command prints, or nothing when it can't be started or fails: a question, not a step.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}
