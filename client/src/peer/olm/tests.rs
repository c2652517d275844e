use parlor_protocol::peer::{Chat, DIRECT, PeerLine};

use super::*;

const KEY: [u8; 32] = [7; 32];

/// A device with its account.
struct Device {
    secret: iroh::SecretKey,
    olm: OlmAccount,
    card: Card,
}

fn now() -> Time {
    Time::from_millis(1_800_000_000_000)
}

fn device(username: &str) -> Device {
    let (secret, olm) = (iroh::SecretKey::generate(), OlmAccount::new());
    let card = olm.card(&secret, username, "laptop", now());
    let card = card.check().unwrap();
    Device { secret, olm, card }
}

impl Device {
    fn claimed(&mut self) -> ClaimedKey {
        let key = self.olm.one_time_keys(&self.secret, 1)[0];
        self.claim(key)
    }

    fn claim(&self, key: SignedKey) -> ClaimedKey {
        ClaimedKey {
            device: self.card.device,
            key: key.key,
            sig: key.sig,
        }
    }

    fn open(
        &mut self,
        from: &Device,
        sessions: &[Moved],
        body: &str,
    ) -> Result<(SealedLine, Moved), OlmError> {
        let sessions: Vec<_> = sessions
            .iter()
            .map(|moved| (moved.id.clone(), moved.session.clone()))
            .collect();
        let own = self.card.clone();
        self.olm.open(&own, &from.card, &sessions, body, &KEY)
    }
}

fn line(from: &str, to: &Device, text: &str) -> SealedLine {
    SealedLine {
        line: PeerLine::Chat(Chat {
            id: text.to_owned(),
            from: from.to_owned(),
            to: to.card.username.clone(),
            channel: DIRECT.to_owned(),
            message: text.to_owned(),
            time: now(),
            reply_to: None,
        }),
        device: to.card.device,
    }
}

fn first(from: &Device, to: &mut Device, text: &str) -> (String, Moved) {
    let key = to.claimed();
    let said = line(&from.card.username, to, text);
    from.olm.seal_first(&to.card, &key, &said, &KEY).unwrap()
}

#[test]
fn a_card_and_keys_hold() {
    let mut bob = device("bob");
    assert_eq!(bob.card.olm_curve25519, bob.olm.identity().0);
    assert_eq!(bob.card.olm_ed25519, bob.olm.identity().1);
    let keys = bob.olm.one_time_keys(&bob.secret, ONE_TIME_KEYS);
    assert_eq!(keys.len(), ONE_TIME_KEYS);
    assert!(keys.iter().all(|key| key.is_one_time_of(&bob.card.device)));
    let fallback = bob.olm.fallback_key(&bob.secret, false);
    assert!(
        fallback.is_fallback_of(&bob.card.device) && !fallback.is_one_time_of(&bob.card.device)
    );
    let kept = bob.olm.pickle(&KEY);
    let mut again = OlmAccount::from_pickle(&kept, &KEY).unwrap();
    assert_eq!(again.fallback_key(&bob.secret, false).key, fallback.key);
    assert_ne!(again.fallback_key(&bob.secret, true).key, fallback.key);
    assert_eq!(again.identity(), bob.olm.identity());
    // New keys do not repeat those published before.
    let more = again.one_time_keys(&bob.secret, 2);
    assert!(more.iter().all(|key| !keys.contains(key)));
}

#[test]
fn lines_go_both_ways_and_out_of_order() {
    let (alice, mut bob) = (device("alice"), device("bob"));
    let (one, at_alice) = first(&alice, &mut bob, "one");
    let two = seal(&at_alice.session, &line("alice", &bob, "two"), &KEY).unwrap();
    let three = seal(&two.1.session, &line("alice", &bob, "three"), &KEY).unwrap();
    // The third comes first, and makes the session.
    let (said, moved) = bob.open(&alice, &[], &three.0).unwrap();
    assert_eq!(said, line("alice", &bob, "three"));
    assert!(moved.account.is_some() && moved.id == at_alice.id);
    let (said, moved) = bob.open(&alice, &[moved], &one).unwrap();
    assert_eq!(said, line("alice", &bob, "one"));
    assert_eq!(moved.account, None);
    let (said, moved) = bob.open(&alice, &[moved], &two.0).unwrap();
    assert_eq!(said, line("alice", &bob, "two"));
    // Back by the same session.
    let mut alice = alice;
    let (body, _) = seal(&moved.session, &line("bob", &alice, "four"), &KEY).unwrap();
    let (said, moved) = alice.open(&bob, &[three.1], &body).unwrap();
    assert_eq!(said, line("bob", &alice, "four"));
    // From now on they are no first messages.
    let (body, _) = seal(&moved.session, &line("alice", &bob, "five"), &KEY).unwrap();
    assert_eq!(signature::decode(&body).unwrap()[0], 1);
}

#[test]
fn nothing_is_opened_twice() {
    let (alice, mut bob) = (device("alice"), device("bob"));
    let (one, at_alice) = first(&alice, &mut bob, "one");
    let (_, at_bob) = bob.open(&alice, &[], &one).unwrap();
    let again = bob.open(&alice, std::slice::from_ref(&at_bob), &one);
    assert!(matches!(again, Err(OlmError::Unreadable)));
    // Not by a new session either: its key is used up.
    assert!(matches!(
        bob.open(&alice, &[], &one),
        Err(OlmError::Unreadable)
    ));
    let (two, _) = seal(&at_alice.session, &line("alice", &bob, "two"), &KEY).unwrap();
    let (_, at_bob) = bob.open(&alice, &[at_bob], &two).unwrap();
    assert!(matches!(
        bob.open(&alice, &[at_bob], &two),
        Err(OlmError::Unreadable)
    ));
}

#[test]
fn a_fallback_key_serves_twice() {
    let (alice, carol, mut bob) = (device("alice"), device("carol"), device("bob"));
    let fallback = bob.olm.fallback_key(&bob.secret, false);
    let key = bob.claim(fallback);
    for from in [&alice, &carol] {
        let said = line(&from.card.username, &bob, "hello");
        let (body, _) = from.olm.seal_first(&bob.card, &key, &said, &KEY).unwrap();
        let (opened, moved) = bob.open(from, &[], &body).unwrap();
        assert_eq!(opened, said);
        assert!(matches!(
            bob.open(from, &[moved], &body),
            Err(OlmError::Unreadable)
        ));
    }
    // What was sealed by it before it was renewed is still opened.
    let said = line("alice", &bob, "late");
    let (body, _) = alice.olm.seal_first(&bob.card, &key, &said, &KEY).unwrap();
    bob.olm.fallback_key(&bob.secret, true);
    assert_eq!(bob.open(&alice, &[], &body).unwrap().0, said);
}

#[test]
fn what_was_sealed_for_others_or_by_others_is_refused() {
    let (alice, mut bob) = (device("alice"), device("bob"));
    let other = device("bob");
    let check = |bob: &mut Device, from: &Device, said: &SealedLine| {
        let key = bob.claimed();
        // The sender is free to say anything: its own checks are passed by.
        let session = alice
            .olm
            .account
            .create_outbound_session(
                SessionConfig::version_1(),
                Curve25519PublicKey::from_bytes(bob.card.olm_curve25519.0),
                Curve25519PublicKey::from_bytes(key.key.0),
            )
            .unwrap();
        let (body, _) = seal_by(session, said, &KEY).unwrap();
        let before = bob.olm.pickle(&KEY).len();
        let opened = bob.open(from, &[], &body);
        assert!(matches!(opened, Err(OlmError::NotForUs)), "{opened:?}");
        assert_eq!(bob.olm.pickle(&KEY).len(), before, "the key is not used up");
    };
    let mut said = line("alice", &bob, "x");
    said.device = other.card.device;
    check(&mut bob, &alice, &said);
    let said = line("carol", &bob, "x");
    check(&mut bob, &alice, &said);
    let mut said = line("alice", &bob, "x");
    if let PeerLine::Chat(chat) = &mut said.line {
        chat.to = "carol".to_owned();
    }
    check(&mut bob, &alice, &said);
    // Told as if it came from a device that has other keys.
    let said = line("alice", &bob, "x");
    check(&mut bob, &device("alice"), &said);
}

#[test]
fn ones_own_other_device_tells_what_was_said_to_others() {
    let (desk, mut laptop, bob) = (device("alice"), device("alice"), device("bob"));
    let mut said = line("alice", &bob, "to bob");
    said.device = laptop.card.device;
    let key = laptop.claimed();
    let (body, _) = desk
        .olm
        .seal_first(&laptop.card, &key, &said, &KEY)
        .unwrap();
    assert_eq!(laptop.open(&desk, &[], &body).unwrap().0, said);
}

#[test]
fn a_key_that_the_device_did_not_sign_is_refused() {
    let (alice, mut bob, mut eve) = (device("alice"), device("bob"), device("eve"));
    let said = line("alice", &bob, "x");
    let (theirs, hers) = (bob.claimed(), eve.claimed());
    let swapped = ClaimedKey {
        key: hers.key,
        ..theirs
    };
    let zero = CurveKey([0; 32]);
    let small = ClaimedKey {
        key: zero,
        sig: sign(&bob.secret, signature::KEY, &zero.0),
        ..theirs
    };
    for key in [hers, swapped, small] {
        let sealed = alice.olm.seal_first(&bob.card, &key, &said, &KEY);
        assert!(matches!(sealed, Err(OlmError::BadKey)));
    }
}

#[test]
fn what_is_damaged_is_not_opened() {
    let (alice, mut bob) = (device("alice"), device("bob"));
    let (one, _) = first(&alice, &mut bob, "one");
    let bytes = signature::decode(&one).unwrap();
    for at in [0, 1, 10, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        let opened = bob.open(&alice, &[], &signature::encode(&damaged));
        assert!(opened.is_err(), "byte {at}");
    }
    for short in ["", "AA", "AQ", "!", &one[..one.len() / 2]] {
        assert!(bob.open(&alice, &[], short).is_err(), "{short}");
    }
    // None of it used the key up.
    let (_, moved) = bob.open(&alice, &[], &one).unwrap();
    let kept = bob.olm.pickle(&KEY);
    assert!(matches!(
        OlmAccount::from_pickle(&kept, &[8; 32]),
        Err(OlmError::Pickle)
    ));
    assert!(matches!(
        OlmAccount::from_pickle(&kept[1..], &KEY),
        Err(OlmError::Pickle)
    ));
    let said = line("bob", &alice, "x");
    assert!(matches!(
        seal(&moved.session, &said, &[8; 32]),
        Err(OlmError::Pickle)
    ));
    assert!(matches!(
        seal("nonsense", &said, &KEY),
        Err(OlmError::Pickle)
    ));
}

#[test]
fn a_damaged_session_does_not_hide_the_others() {
    let (mut alice, mut bob) = (device("alice"), device("bob"));
    let (one, at_alice) = first(&alice, &mut bob, "one");
    let (_, at_bob) = bob.open(&alice, &[], &one).unwrap();
    let (body, _) = seal(&at_bob.session, &line("bob", &alice, "two"), &KEY).unwrap();
    let damaged = Moved {
        id: "other".to_owned(),
        session: "nonsense".to_owned(),
        account: None,
    };
    let alone = alice.open(&bob, std::slice::from_ref(&damaged), &body);
    assert!(matches!(alone, Err(OlmError::Pickle)));
    assert!(alice.open(&bob, &[damaged, at_alice], &body).is_ok());
}

#[test]
fn what_is_too_long_is_not_sealed() {
    let (alice, mut bob) = (device("alice"), device("bob"));
    let (_, moved) = first(&alice, &mut bob, "one");
    let text = "x".repeat(SEALED_BYTES);
    let sealed = seal(&moved.session, &line("alice", &bob, &text), &KEY);
    assert!(matches!(sealed, Err(OlmError::TooLong)));
    // The longest text of a message fits, with its frame.
    let text = "x".repeat(16_384);
    let (body, _) = seal(&moved.session, &line("alice", &bob, &text), &KEY).unwrap();
    assert!(body.len() <= SEALED_BYTES);
    let long = signature::encode(&vec![0; SEALED_BYTES]);
    assert!(matches!(
        bob.open(&alice, &[], &long),
        Err(OlmError::TooLong)
    ));
}
