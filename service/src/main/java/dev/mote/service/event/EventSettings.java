package dev.mote.service.event;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Events and their streams.
///
/// @param keep how long events are kept for those that were away
/// @param streams most streams of one tenant in one process
/// @param queue events that may wait for a slow reader before it is cut off
/// @param heartbeat how often an idle stream says that it is alive
/// @param streamLife after this a stream ends, and the reader comes again with its token
@ConfigurationProperties("mote.events")
public record EventSettings(
    @DefaultValue("24h") Duration keep,
    @DefaultValue("100") int streams,
    @DefaultValue("1000") int queue,
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("15m") Duration streamLife) {}
