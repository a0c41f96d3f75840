package dev.mote.orchestration.gateway;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A queue in memory that outlives gateways.
final class MemoryQueue implements RequestQueue {

  private final Map<String, Map<UUID, Queued>> waiting = new HashMap<>();
  private final Map<UUID, String> endpoints = new HashMap<>();
  final Map<UUID, Answer> answers = new LinkedHashMap<>();

  synchronized void add(Queued queued) {
    waiting.computeIfAbsent(queued.endpoint(), _ -> new LinkedHashMap<>()).put(queued.id(), queued);
    endpoints.put(queued.id(), queued.endpoint());
  }

  @Override
  public synchronized List<Queued> next(String endpoint, int most) {
    return waiting.getOrDefault(endpoint, Map.of()).values().stream().limit(most).toList();
  }

  @Override
  public synchronized void answered(UUID id, Answer answer) {
    String endpoint = endpoints.remove(id);
    if (endpoint != null && waiting.getOrDefault(endpoint, Map.of()).remove(id) != null) {
      answers.put(id, answer);
    }
  }
}
