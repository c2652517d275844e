//! The iroh endpoint: this device's sockets.

use std::sync::Arc;
use std::time::Duration;

use iroh::dns::DnsResolver;
use iroh::endpoint::{
    Endpoint, IdleTimeout, NetReportConfig, PortmapperConfig, QuicTransportConfig, RelayMode,
    VarInt, presets,
};
use iroh::tls::CaTlsConfig;
use iroh::{EndpointId, RelayMap};
use parlor_protocol::{DeviceId, peer};

use super::names::Names;
use super::{NetError, NetOptions};

/// A way that is silent this long is given up for another.
const PATH_IDLE: Duration = Duration::from_secs(4);

/// How often each way of a link shows that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// A link that is silent this long on every way is gone. Longer than a way's, so that the relay has
/// time to take over.
const LINK_IDLE: Duration = Duration::from_secs(15);

/// Streams of files that one device may have open at once.
const FILES: u32 = 8;

/// Bytes that a device may send ahead on all streams together: the memory that a link may cost.
const RECEIVE_BYTES: u32 = 8 << 20;

/// Bytes on their way to a device that are kept until it has them.
const SEND_BYTES: u64 = 4 << 20;

/// Binds the sockets of a device.
pub(super) async fn bind(options: &NetOptions, names: &Names) -> Result<Endpoint, NetError> {
    let idle = IdleTimeout::try_from(LINK_IDLE).ok();
    let transport = QuicTransportConfig::builder()
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(FILES))
        .receive_window(VarInt::from_u32(RECEIVE_BYTES))
        .send_window(SEND_BYTES)
        .max_idle_timeout(idle)
        .keep_alive_interval(KEEP_ALIVE)
        .default_path_keep_alive_interval(KEEP_ALIVE)
        .default_path_max_idle_timeout(PATH_IDLE)
        .build();
    let mut report = NetReportConfig::default();
    // It would ask for a page that no tracker has.
    report.captive_portal_check = false;
    let pins = names.pins().clone();
    let trust = CaTlsConfig::custom_server_cert_verifier(Arc::new(move |provider| {
        Ok(pins.verifier(&provider))
    }));
    let mut builder = Endpoint::builder(presets::Minimal)
        .secret_key(options.secret.clone())
        .alpns(vec![peer::ALPN.to_vec()])
        .relay_mode(RelayMode::Custom(RelayMap::empty()))
        .transport_config(transport)
        .net_report_config(report)
        .dns_resolver(DnsResolver::custom(names.clone()))
        .ca_tls_config(trust);
    if options.relay_only {
        // Without a socket there is no address that could be shown, asked for, or mapped.
        builder = builder
            .clear_ip_transports()
            .portmapper_config(PortmapperConfig::Disabled);
    }
    let bound = builder.bind().await;
    bound.map_err(|error| NetError::Start(error.to_string()))
}

/// The device behind an endpoint's key.
pub(super) fn device(id: EndpointId) -> DeviceId {
    DeviceId(*id.as_bytes())
}

/// The endpoint's key of a device, if its id is a key at all.
pub(super) fn endpoint_id(device: &DeviceId) -> Option<EndpointId> {
    EndpointId::from_bytes(&device.0).ok()
}
