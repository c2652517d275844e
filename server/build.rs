//! What the program carries of the pages and the texts is read when it is
//! compiled, so a new file there means compiling it again.

fn main() {
    for folder in ["../assets/web", "../assets/locales"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
