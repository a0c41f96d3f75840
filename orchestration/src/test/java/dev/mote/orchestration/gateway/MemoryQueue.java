package dev.mote.orchestration.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A queue in memory that outlives gateways.
final class MemoryQueue implements RequestQueue {

  private final Map<UUID, Queued> waiting = new LinkedHashMap<>();
  final Map<UUID, Answer> answers = new LinkedHashMap<>();

  synchronized void add(Queued queued) {
    waiting.put(queued.id(), queued);
  }

  @Override
  public synchronized List<Queued> next(String endpoint, int most) {
    List<Queued> found = new ArrayList<>();
    for (Queued queued : waiting.values()) {
      if (queued.endpoint().equals(endpoint) && found.size() < most) {
        found.add(queued);
      }
    }
    return found;
  }

  @Override
  public synchronized void answered(UUID id, Answer answer) {
    if (waiting.remove(id) != null) {
      answers.put(id, answer);
    }
  }
}
