//! nginx, with the stream module.

use std::fs;
use std::process::Command;

use super::page::Deployed;
use super::walk::{foreign_origins, walk};

#[test]
fn nginx_hands_sessions_through_and_serves_the_pages() {
    let mut deployed = Deployed::server();
    let file = deployed.config("nginx");
    // What nginx keeps for itself goes into the test's folder, so that no root is needed.
    let folder = deployed.folder();
    let kept: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};\n", folder.join(name).display()))
        .concat();
    let text = fs::read_to_string(&file).expect("it was just written");
    fs::write(&file, text.replace("http {\n", &format!("http {{\n{kept}"))).expect("it is written");
    let mut nginx = Command::new("/usr/sbin/nginx");
    // In one process: what is killed leaves no worker behind.
    nginx.arg("-c").arg(&file);
    nginx.args(["-g", "daemon off; master_process off;"]);
    nginx.arg("-p").arg("/usr/share/nginx");
    deployed.start("nginx", &mut nginx);
    walk(&deployed, &deployed.address);
    foreign_origins(&deployed);
}
