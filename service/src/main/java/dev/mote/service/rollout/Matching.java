package dev.mote.service.rollout;

import dev.mote.service.device.DeviceCondition;
import dev.mote.service.device.filter.DeviceFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The devices of a target as a condition over table `device`.
///
/// @param where without values
/// @param parameters values of `where` and of [#RANK]
record Matching(String where, Map<String, Object> parameters) {

  /// A device's place among all: the same for the same seed, whenever it is asked for.
  static final String RANK =
      "('x' || substr(md5(:seed || device.id::text), 1, 8))::bit(32)::bigint";

  static Matching of(UUID rollout, Target target, Instant now) {
    List<String> conditions = new ArrayList<>();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("seed", target.seed().orElse(rollout.toString()));
    target
        .filter()
        .ifPresent(
            text -> {
              DeviceCondition condition = DeviceFilter.parse(text).condition(now);
              conditions.add("(" + condition.where() + ")");
              parameters.putAll(condition.parameters());
            });
    target
        .group()
        .ifPresent(
            name -> {
              conditions.add("groups @> array[:inGroup]::text[]");
              parameters.put("inGroup", name);
            });
    target
        .percent()
        .ifPresent(
            percent -> {
              conditions.add(RANK + " < :below");
              parameters.put("below", Math.round(percent / 100 * (1L << 32)));
            });
    return new Matching(
        conditions.isEmpty() ? "true" : String.join(" and ", conditions), parameters);
  }
}
