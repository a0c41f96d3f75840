package dev.mote.client;

import java.util.List;
import java.util.UUID;

/// Who the caller is.
///
/// @param system whether it administers the whole service
public record Me(
    UUID id, String name, UUID tenant, String tenantName, List<String> roles, boolean system) {}
