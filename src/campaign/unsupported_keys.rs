//! Keys that people try and that are refused on purpose, each with its reason; and keys that belong elsewhere.

/// Why a key has no place here, for keys that somebody who knows the providers would try.
///
/// `owner` is the mirror type's name: vendor fields are refused in campaigns, secrets in provider settings.
pub(super) fn reason(owner: &str, key: &str) -> Option<&'static str> {
    let key = key.replace('-', "_").to_lowercase();
    match (owner, key.as_str()) {
        ("ProviderFile", "token" | "api_key" | "apikey" | "api_token" | "key" | "secret" | "password") => Some(
            "secrets do not belong into files in git; name an environment variable with `token_env` or a file with `token_file`",
        ),
        ("ProviderFile", "key_id" | "key_secret" | "project_id") => {
            Some("project access keys ended for new projects; use `service_plan_id` with its API token")
        }
        ("ProviderFile", "insecure" | "verify" | "tls_verify" | "verify_tls") => {
            Some("certificates are always verified; plain `http://` is for loopback only")
        }
        ("CampaignFile", "truncate_concat") => Some(
            "the provider would cut texts to one segment, and people would read what no plan showed; shorten the text",
        ),
        ("CampaignFile", "max_number_of_message_parts") => {
            Some("it follows from `guards.max_segments_per_message` in campanile.yaml")
        }
        ("CampaignFile" | "SourceFile", "groups" | "group" | "to" | "contacts" | "labels") => Some(
            "groups are evaluated by the provider when it sends, so no plan could show who gets the text; list recipients in a CSV",
        ),
        ("CampaignFile" | "SourceFile", "duplicates" | "duplicate") => Some(
            "one person gets one message of a campaign, the first row's; two texts to one person are two campaigns",
        ),
        ("CampaignFile", "from") => Some("a text without a known sender is never sent; use `sender`"),
        ("CampaignFile", "from_ton" | "from_npi" | "ton" | "npi") => {
            Some("the kind of sender follows from `sender` itself: a name or a number")
        }
        ("CampaignFile", "mt_binary" | "udh") => {
            Some("binary messages cannot be shown or counted in a plan; Campanile sends text")
        }
        ("CampaignFile", "mt_media" | "media" | "media_url" | "subject" | "strict_validation") => {
            Some("media messages are priced and shown differently by every phone; send a link in the text")
        }
        ("CampaignFile", "direction" | "mo" | "incoming") => {
            Some("incoming batches are foreign: Campanile only sends, and never touches them")
        }
        ("CampaignFile", "parameters" | "templated" | "recipients_data") => {
            Some("texts are personalized by the template in `body`; placeholders of the provider are made from it")
        }
        ("CampaignFile", "client_reference") => Some("it is built from `reference`; set that instead"),
        ("CampaignFile" | "DeliveryFile", "send_at" | "expire_at" | "delivery_windows" | "deliverywindows") => {
            Some("times are given as `delivery.windows` with `opens` and `closes`, so that a plan can check them")
        }
        ("CampaignFile" | "VariantFile", "send_winner" | "winner") => Some(
            "not needed now: a second campaign or a raised `revision` sends the better text, and somebody has looked at it",
        ),
        ("CampaignFile", "udh_indicator" | "flash_message" | "flash") => Some("use `type: flash`"),
        _ => None,
    }
}

/// Where a key belongs that is in the wrong mapping.
pub(super) fn belongs(owner: &str, key: &str) -> Option<&'static str> {
    const DELIVERY: &[&str] = &[
        "windows",
        "window",
        "cron",
        "schedule",
        "open_for",
        "opens",
        "closes",
        "timezone",
        "timezone_column",
        "zones",
        "fallback",
        "if_passed",
        "until",
    ];
    const SOURCE: &[&str] = &[
        "csv",
        "number",
        "where",
        "columns",
        "encoding",
        "delimiter",
        "on_invalid",
        "expect",
    ];
    const GUARDS: &[&str] = &[
        "max_recipients",
        "max_segments_per_message",
        "max_cost",
        "max_growth_percent",
        "max_shrink_percent",
        "max_cancel_percent",
        "max_cancel",
        "max_per_person",
        "on_pressure",
        "number_types",
        "opt_out_pattern",
        "quiet_hours",
        "holidays",
    ];
    const PROVIDER: &[&str] = &[
        "base_url",
        "token_env",
        "token_file",
        "region",
        "service_plan_id",
        "requests_per_second",
        "requests_in_flight",
        "segments_per_second",
        "max_recipients_per_batch",
        "list_lag",
        "unknown_hold",
    ];
    match owner {
        "CampaignFile" if DELIVERY.contains(&key) => Some("it belongs under `delivery`"),
        "CampaignFile" if SOURCE.contains(&key) => Some("it belongs to an entry of `recipients`"),
        "DeliveryFile" if matches!(key, "opens" | "closes") => Some("it belongs to an entry of `windows`"),
        "ProjectFile" if GUARDS.contains(&key) => Some("it belongs under `guards`"),
        "ProjectFile" if PROVIDER.contains(&key) => Some("it belongs to an entry of `providers`"),
        "CampaignFile" if GUARDS.contains(&key) => Some("it belongs under `guards` in campanile.yaml"),
        "ProjectFile" if matches!(key, "sender" | "body" | "body_file" | "recipients" | "delivery") => {
            Some("it belongs to a campaign file under `campaigns/`")
        }
        _ => None,
    }
}
