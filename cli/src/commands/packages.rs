//! `hookbox packages`: the npm packages of a project, without running it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use hookbox_hooks::{Advisories, PackageSupply};
use serde_json::json;

use crate::exit::Problem;
use crate::local;
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::style::Look;
use crate::table::{Cell, Table};

/// The npm packages of a project: list, fetch for a machine without a network, check for known faults
///
/// Packages are those of hook.json or of the package.json beside it, resolved from the registry that npm is configured for, as at a
/// deployment.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox packages list\n  hookbox packages vendor --to /srv/packages\n  hookbox packages audit --advisories osv/npm"
)]
pub(crate) struct PackagesArgs {
    #[command(subcommand)]
    command: PackagesCommand,
}

#[derive(Debug, Subcommand)]
enum PackagesCommand {
    List(ListArgs),
    Vendor(VendorArgs),
    Audit(AuditArgs),
}

/// Show what the ranges resolve to
#[derive(Debug, Args)]
struct ListArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    #[command(flatten)]
    output: OutputArgs,
}

/// Fetch the tarballs of all packages into a folder, which a server without a network takes them from (`packages.folder`)
#[derive(Debug, Args)]
struct VendorArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// The folder of tarballs; what is there already stays
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,

    #[command(flatten)]
    output: OutputArgs,
}

/// Show packages with known faults, according to advisories in the format of OSV
///
/// Nobody is asked over the network: bring the advisories, such as <https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip>, unpacked.
/// Exit code 1 when a package has a known fault.
#[derive(Debug, Args)]
struct AuditArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// A file of advisories, or a folder of such files
    #[arg(long, value_name = "PATH")]
    advisories: PathBuf,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &PackagesArgs) -> Result<ExitCode> {
    match &args.command {
        PackagesCommand::List(args) => list(args),
        PackagesCommand::Vendor(args) => vendor(args),
        PackagesCommand::Audit(args) => audit(args),
    }
}

fn supply(dir: &std::path::Path) -> Result<PackageSupply> {
    let declared = Project::open(dir)?.packages()?;
    if declared.is_empty() {
        let message = "the project names no packages: `packages` of hook.json has them, or a package.json beside it";
        return Err(Problem::Usage(message.to_owned()).into());
    }
    Ok(PackageSupply::resolve(&declared, &local::cache_dir().join("packages"), local::on_packages)?)
}

fn list(args: &ListArgs) -> Result<ExitCode> {
    let supply = supply(&args.dir)?;
    args.output.table(supply.lock(), "there are no packages", || {
        let mut table = Table::new(["PATH", "PACKAGE", "VERSION", ""]);
        for (path, entry) in supply.lock().packages() {
            let kind = match (entry.builtin, entry.inactive, entry.optional) {
                (true, ..) => "built in",
                (_, true, _) => "for another platform",
                (_, _, true) => "optional",
                _ if supply.lock().is_direct(path) => "direct",
                _ => "",
            };
            table.row([path.as_str().into(), entry.name.to_string().into(), entry.version.as_str().into(), Cell::new(kind, Look::Dim)]);
        }
        table
    })?;
    Ok(ExitCode::SUCCESS)
}

fn vendor(args: &VendorArgs) -> Result<ExitCode> {
    let supply = supply(&args.dir)?;
    let fetched = supply.vendor(&args.to, local::on_packages)?;
    let all = supply.lock().packages().len();
    args.output.print(&json!({"folder": args.to, "packages": all, "fetched": fetched}), |_| {
        format!("{fetched} of {all} packages fetched into {}\n", args.to.display())
    })?;
    Ok(ExitCode::SUCCESS)
}

fn audit(args: &AuditArgs) -> Result<ExitCode> {
    let advisories = Advisories::load(&args.advisories)?;
    if advisories.is_empty() {
        let message = format!("{} has no advisory about a package of npm", args.advisories.display());
        return Err(Problem::Usage(message).into());
    }
    let findings = supply(&args.dir)?.audit(&advisories);
    args.output.table(&findings, "", || {
        let mut table = Table::new(["PACKAGE", "VERSION", "ADVISORY", "FIXED IN", ""]);
        for one in &findings {
            let fixed = if one.fixed.is_empty() { "nothing yet".to_owned() } else { one.fixed.join(", ") };
            table.row([
                one.package.as_str().into(),
                one.version.as_str().into(),
                Cell::new(&one.id, Look::Bad),
                fixed.into(),
                one.summary.as_str().into(),
            ]);
        }
        table
    })?;
    if !args.output.json {
        output::note(&format!("{} of {} advisories are about this project", findings.len(), advisories.len()))?;
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
