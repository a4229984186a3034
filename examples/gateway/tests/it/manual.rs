//! What the commands say of themselves.

use std::collections::BTreeSet;
use std::process::{Command, Output, Stdio};

use crate::gateway::{command, data_dir};

fn run(args: &[&str]) -> String {
    let output: Output = command(data_dir().path()).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that the main help lists.
fn commands() -> BTreeSet<String> {
    let help = run(&["--help"]);
    let list = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let lines = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = lines.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_of_the_contract_is_there_and_its_help_shows_an_example() {
    let commands = commands();
    for name in [
        "serve", "migrate", "demo", "send", "tail", "recover", "watch", "export", "config",
        "doctor",
    ] {
        assert!(commands.contains(name), "{name}: {commands:?}");
    }
    let page = include_str!("../../../../docs/commands.md");
    for name in &commands {
        let help = run(&[name, "--help"]);
        assert!(
            help.contains("Example") && help.contains(&format!("oasis-gateway {name}")),
            "{help}"
        );
        assert!(page.contains(&format!("| `{name}")), "docs/commands.md lacks {name}");
    }
    assert!(run(&["watch", "gcp", "--help"]).contains("Example: oasis-gateway watch gcp"));
}

#[test]
fn shells_complete_the_commands_and_man_has_a_page_for_each() {
    let dir = data_dir();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]);
        assert!(commands().iter().all(|name| script.contains(name.as_str())), "{shell}");
    }
    let bash = dir.path().join("completions.bash");
    std::fs::write(&bash, run(&["completions", "bash"])).unwrap();
    let asked = "source completions.bash; COMP_WORDS=(oasis-gateway rec); COMP_CWORD=1; \
                 _oasis__gateway oasis-gateway rec oasis-gateway; echo ${COMPREPLY[@]}";
    let told = Command::new("bash").current_dir(&dir).args(["-c", asked]).output().unwrap();
    assert_eq!(String::from_utf8(told.stdout).unwrap(), "recover\n");

    let pages = dir.path().join("man1");
    run(&["man", "--dir", pages.to_str().unwrap()]);
    for name in commands() {
        let page = std::fs::read_to_string(pages.join(format!("oasis-gateway-{name}.1"))).unwrap();
        assert!(page.contains(".TH") && page.contains("Example"), "{page}");
    }
    assert!(pages.join("oasis-gateway-watch-gcp.1").exists());
    assert!(run(&["man"]).contains(".SH SUBCOMMANDS"));
}

#[test]
fn output_that_nobody_reads_is_no_failure() {
    let dir = data_dir();
    let mut child =
        command(dir.path()).args(["completions", "zsh"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
