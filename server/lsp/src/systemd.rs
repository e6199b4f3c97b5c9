//! Which systemd is installed. Nothing is executed to find out.

use std::fs;

use unit_catalog::Version;

/// The release of the installed systemd, told from the name of its shared library
/// (`libsystemd-shared-257.so`); `None` where there is none.
pub(crate) fn installed_version() -> Option<Version> {
    // Debian and its kin keep it in the architecture's own folder, others in one of the rest.
    let multiarch = format!("/usr/lib/{}-linux-gnu/systemd", std::env::consts::ARCH);
    [multiarch.as_str(), "/usr/lib/systemd", "/usr/lib64/systemd", "/lib/systemd"]
        .into_iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten())
        .find_map(|entry| release(entry.file_name().to_str()?))
}

/// The release in a library's file name.
fn release(file_name: &str) -> Option<Version> {
    let rest = file_name.strip_prefix("libsystemd-shared-")?;
    let digits = rest.split(|char: char| !char.is_ascii_digit()).next()?;
    digits.parse().ok().map(Version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_in_library_names() {
        assert_eq!(release("libsystemd-shared-252.so"), Some(Version(252)));
        assert_eq!(release("libsystemd-shared-257.9-1.fc42.so"), Some(Version(257)));
        assert_eq!(release("libsystemd-core-252.so"), None);
        assert_eq!(release("libsystemd-shared-.so"), None);
    }
}
