package dev.mote.service.health;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Traces of requests; `application.yaml` hands these on to Spring Boot.
///
/// @param enabled whether traces are sent to a collector of OpenTelemetry
/// @param otlp where the collector takes them, by OTLP over HTTP
/// @param sample share of the requests that are traced, 0 to 1
@ConfigurationProperties("mote.tracing")
record TracingSettings(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("http://localhost:4318/v1/traces") String otlp,
    @DefaultValue("0.1") double sample) {}
