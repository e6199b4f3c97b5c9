//! Compiles the generated parser, which is committed, so that only a C compiler is needed.

fn main() {
    println!("cargo:rerun-if-changed=src");
    cc::Build::new()
        .std("c11")
        .include("src")
        .file("src/parser.c")
        .flag_if_supported("-Wno-unused-parameter")
        // The parser is slow without, and nobody debugs it.
        .opt_level(2)
        .compile("tree-sitter-systemd");
}
