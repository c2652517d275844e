//! A new file among the catalogues is a change of the app, which embeds the folder.

fn main() {
    println!("cargo::rerun-if-changed=../assets/locales");
}
