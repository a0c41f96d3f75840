package dev.mote.orchestration.bootstrap;

import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.ResourcePath;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Plans as instances to be written, each with its resources.
final class Accounts {

  private static final int SECURITY = 0;
  private static final int SERVER = 1;

  private Accounts() {}

  /// The accounts of a plan.
  ///
  /// @param kept the instance of object 0 that holds the account of the bootstrap server
  static List<Map<ResourcePath, List<Value>>> instances(BootstrapPlan plan, int kept) {
    List<Map<ResourcePath, List<Value>>> instances = new ArrayList<>();
    int security = 0;
    int server = 0;
    for (BootstrapPlan.Account account : plan.accounts()) {
      if (security == kept) {
        security++;
      }
      instances.add(security(security++, account));
      instances.add(server(server++, account));
    }
    return instances;
  }

  /// What else a plan writes to an object.
  static Collection<Map<ResourcePath, List<Value>>> others(BootstrapPlan plan, int object) {
    Map<Integer, Map<ResourcePath, List<Value>>> instances = new TreeMap<>();
    plan.values()
        .forEach(
            (path, values) -> {
              if (path.object() == object) {
                instances.computeIfAbsent(path.instance(), _ -> new TreeMap<>()).put(path, values);
              }
            });
    return instances.values();
  }

  private static Map<ResourcePath, List<Value>> security(int id, BootstrapPlan.Account account) {
    Map<ResourcePath, List<Value>> values = new TreeMap<>();
    put(values, SECURITY, id, 0, account.uri());
    put(values, SECURITY, id, 1, false);
    switch (account.proof()) {
      case BootstrapPlan.Nothing _ -> put(values, SECURITY, id, 2, 3L);
      case BootstrapPlan.PreShared psk ->
          keys(
              values,
              id,
              0,
              psk.identity().getBytes(StandardCharsets.UTF_8),
              new byte[0],
              psk.key().reveal());
      case BootstrapPlan.RawKey raw ->
          keys(values, id, 1, bytes(raw.own()), bytes(raw.server()), raw.secret().reveal());
      case BootstrapPlan.Certificate own ->
          keys(values, id, 2, bytes(own.own()), bytes(own.server()), own.secret().reveal());
    }
    put(values, SECURITY, id, 10, (long) account.shortId());
    return values;
  }

  private static void keys(
      Map<ResourcePath, List<Value>> values,
      int id,
      long mode,
      byte[] own,
      byte[] server,
      byte[] secret) {
    put(values, SECURITY, id, 2, mode);
    put(values, SECURITY, id, 3, own);
    put(values, SECURITY, id, 4, server);
    put(values, SECURITY, id, 5, secret);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static Map<ResourcePath, List<Value>> server(int id, BootstrapPlan.Account account) {
    Map<ResourcePath, List<Value>> values = new TreeMap<>();
    put(values, SERVER, id, 0, (long) account.shortId());
    put(values, SERVER, id, 1, account.lifetime().toSeconds());
    put(values, SERVER, id, 6, true);
    put(values, SERVER, id, 7, account.binding());
    return values;
  }

  private static void put(
      Map<ResourcePath, List<Value>> values, int object, int id, int resource, Object value) {
    values.put(new ResourcePath(object, id, resource), List.of(Value.of(value)));
  }
}
