//! The list of files, the panel of transfers, and closing while some run.

use super::*;

#[test]
fn the_list_is_paged_from_the_server_and_filtered_here() {
    let mut model = samples::room(ThemeChoice::Dark);
    let open = Message::Header(controller::header::Message::Files);
    let effects = tell(&mut model, open);
    assert_eq!(model.window.middle, Middle::Files);
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            question: Question::Files { asked, first: true },
            request,
            ..
        } => Some((*asked, format!("{request:?}"))),
        _ => None,
    });
    let (asked, request) = asked.unwrap();
    assert!(request.contains("general"), "{request}");
    let account = model.current.clone().unwrap();
    let answer = |asked| Message::Answered {
        account: account.clone(),
        question: Question::Files { asked, first: true },
        result: Ok(Reply::Files {
            files: vec![samples::table(), samples::picture()],
            more: true,
        }),
    };
    assert!(
        tell(&mut model, answer(asked - 1)).is_empty(),
        "an old answer is dropped"
    );
    tell(&mut model, answer(asked));
    assert!(screen(&mut model, WINDOW).find("10.4 MB").is_ok());
    // What one looks for may lie further back.
    let query = Message::Files(controller::files::Message::Query("novembre".into()));
    let more = tell(&mut model, query);
    assert!(
        matches!(
            &more[..],
            [Effect::Ask {
                question: Question::Files { first: false, .. },
                ..
            }]
        ),
        "{more:?}"
    );
    assert!(screen(&mut model, WINDOW).find("bench-rig.png").is_err());
    let _ = named(&mut model, Named::Escape);
    assert_eq!(model.window.middle, Middle::Talk);
}

#[test]
fn a_file_is_deleted_after_a_question() {
    let mut model = samples::files(ThemeChoice::Light);
    model.window.panel = None;
    model.window.region = crate::model::Region::Timeline;
    let _ = named(&mut model, Named::Delete);
    assert!(
        matches!(&model.dialog, Some(Dialog::Confirm(confirm)) if matches!(&confirm.what, Deliberate::DeleteFile(file) if file.id == "csv"))
    );
    assert!(
        named(&mut model, Named::Enter).is_empty(),
        "the safe button has the keyboard"
    );
    let _ = named(&mut model, Named::Delete);
    let effects = click(&mut model, "Delete");
    let [Effect::Ask { question, .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    let answer = Message::Answered {
        account: model.current.clone().unwrap(),
        question: question.clone(),
        result: Ok(Reply::Done {}),
    };
    tell(&mut model, answer);
    assert!(model.front().unwrap().files.get("csv").is_none());
}

#[test]
fn what_is_dropped_on_the_list_is_listed_and_in_no_message() {
    let mut model = samples::files(ThemeChoice::Light);
    model
        .front_mut()
        .unwrap()
        .files
        .begin(Some("firmware".into()));
    let dropped = files(tell(
        &mut model,
        Message::Attach(Attach::Dropped("/tmp/a".into())),
    ));
    assert!(
        matches!(&dropped[..], [FileEffect::Upload { room, purpose: Purpose::Listing, .. }] if room == "firmware"),
        "{dropped:?}"
    );
}

#[test]
fn the_panel_stops_lets_go_on_and_clears() {
    let mut model = samples::files(ThemeChoice::Light);
    let all = |act| Message::Transfers(act);
    use controller::transfers::Message as Transfers;
    let pause = files(tell(&mut model, all(Transfers::PauseAll)));
    assert_eq!(pause, [1, 2].map(|id| FileEffect::Pause(TransferId(id))));
    let resume = files(tell(&mut model, all(Transfers::ResumeAll)));
    assert_eq!(resume, [3, 4].map(|id| FileEffect::Resume(TransferId(id))));
    assert_eq!(files(click(&mut model, "Clear")), [FileEffect::Clear]);
    model.window.region = crate::model::Region::Panel;
    let _ = named(&mut model, Named::ArrowDown);
    let first = files(named(&mut model, Named::Enter));
    assert_eq!(first, [FileEffect::Pause(TransferId(1))]);
    let given_up = files(named(&mut model, Named::Delete));
    assert_eq!(given_up, [FileEffect::Cancel(TransferId(1))]);
    let _ = letter(&mut model, "j");
    assert_ne!(model.window.panel, Some(Panel::Transfers));
    // The status bar counts, and opens it again.
    let _ = click(&mut model, "1 up · 8.1 MB/s");
    assert_eq!(model.window.panel, Some(Panel::Transfers));
}

#[test]
fn closing_while_transfers_run_asks() {
    let mut model = samples::files(ThemeChoice::Light);
    assert!(letter(&mut model, "q").is_empty());
    assert!(
        screen(&mut model, WINDOW)
            .find("2 transfers are running. They go on at the next start.")
            .is_ok()
    );
    let _ = click(&mut model, "Keep open");
    assert!(model.dialog.is_none());
    let _ = letter(&mut model, "q");
    let effects = click(&mut model, "Close");
    assert_eq!(effects.last(), Some(&Effect::Quit));
    model.front_mut().unwrap().transfers.load(Vec::new());
    assert_eq!(letter(&mut model, "q").last(), Some(&Effect::Quit));
}
