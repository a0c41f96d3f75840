package dev.mote.service.http;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Limits of requests.
///
/// @param bodyLimit bytes of a JSON body
/// @param uploadLimit bytes of any other body
/// @param idempotency how long the answer to a request with an `Idempotency-Key` is kept
/// @param idempotencyLease after this a request without an answer is taken for lost, with its
/// process
@ConfigurationProperties("mote.http")
public record HttpSettings(
    @DefaultValue("1MB") DataSize bodyLimit,
    @DefaultValue("256MB") DataSize uploadLimit,
    @DefaultValue("24h") Duration idempotency,
    @DefaultValue("10m") Duration idempotencyLease) {}
