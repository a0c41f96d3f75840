package dev.mote.fleet.device;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.content.Entry;
import dev.mote.fleet.content.Format;
import dev.mote.fleet.device.Tally.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a server wants to be told (RFC 7641), and the telling.
final class Observations {

  private static final int MOST = 16;
  private static final int SEQUENCE_BITS = 24;

  private final VirtualDevice device;
  private final List<Observed> all = new ArrayList<>(1);
  private final List<Observed> due = new ArrayList<>(1);

  Observations(VirtualDevice device) {
    this.device = device;
  }

  private static final class Observed {
    private final List<Integer> path;
    private final byte[] token;
    private final Format format;
    private int sequence = 1;

    Observed(List<Integer> path, byte[] token, Format format) {
      this.path = path;
      this.token = token;
      this.format = format;
    }

    private boolean covers(int object, int instance, int resource) {
      return path.get(0) == object
          && (path.size() < 2 || path.get(1) == instance)
          && (path.size() < 3 || path.get(2) == resource);
    }
  }

  /// Observes `path` from now on.
  ///
  /// @return whether there was room for it
  boolean add(List<Integer> path, byte[] token, Format format) {
    remove(path, token);
    return all.size() < MOST && all.add(new Observed(path, token, format));
  }

  /// Ends what this token or this path began.
  void remove(List<Integer> path, byte[] token) {
    all.removeIf(
        other -> Arrays.equals(other.token, token) || !path.isEmpty() && other.path.equals(path));
  }

  void clear() {
    all.clear();
    due.clear();
  }

  int size() {
    return all.size();
  }

  /// A value has changed; who wants it is told at the end of what happens now.
  void changed(int object, int instance, int resource) {
    for (Observed each : all) {
      if (each.covers(object, instance, resource) && !due.contains(each)) {
        due.add(each);
        if (due.size() == 1) {
          device.loop().execute(this::tell);
        }
      }
    }
  }

  private void tell() {
    List<Observed> now = List.copyOf(due);
    due.clear();
    if (!device.isListening()) {
      return;
    }
    for (Observed each : now) {
      device.count(Event.NOTIFIED);
      if (device.setting().confirms()) {
        device
            .conversation()
            .notification(each, () -> message(each, CoapMessage.CON), answer -> told(each, answer));
      } else {
        message(each, CoapMessage.NON).ifPresent(device.conversation()::send);
      }
    }
  }

  private Optional<CoapMessage> message(Observed each, int type) {
    List<Entry> values = device.resources().read(each.path);
    if (!all.contains(each) || values.isEmpty()) {
      return Optional.empty();
    }
    each.sequence = each.sequence + 1 & (1 << SEQUENCE_BITS) - 1;
    return Optional.of(
        CoapMessage.of(type, CoapMessage.code(2, 5), device.conversation().id(), each.token)
            .option(CoapMessage.OBSERVE, each.sequence)
            .option(CoapMessage.CONTENT_FORMAT, each.format.number())
            .payload(each.format.encode(values, each.path.size())));
  }

  /// A reset ends the observation, and so does nothing at all.
  private void told(Observed each, Optional<CoapMessage> answer) {
    if (answer.isEmpty() || answer.get().type() == CoapMessage.RST) {
      all.remove(each);
    }
  }
}
