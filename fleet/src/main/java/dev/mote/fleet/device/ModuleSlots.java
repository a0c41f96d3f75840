package dev.mote.fleet.device;

import dev.mote.fleet.content.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The two slots of a device's runtime, as object 33458 shows them: one runs, the other one has
/// what was before, or what could not be used.
final class ModuleSlots {

  static final int OBJECT = 33_458;
  static final int COUNT = 2;

  private static final int EMPTY = 0;
  private static final int ACTIVE = 4;
  private static final int FORMER = 5;
  private static final int REFUSED = 6;

  private static final int PASSED = 1;
  private static final int NOT_PASSED = 2;
  private static final int SELF_TEST_CODE = 6;

  private static final int STATE = 4;
  static final int INFERENCES = 7;
  private static final int CLASSES = 10;

  private final @Nullable Received[] modules = new Received[COUNT];
  private final int[] states = new int[COUNT];
  private final int[] selfTests = new int[COUNT];
  private final int[] errors = new int[COUNT];
  private int active;
  private long inferences;
  private long[] installed = {};

  Optional<Received> running() {
    return states[active] == ACTIVE ? Optional.ofNullable(modules[active]) : Optional.empty();
  }

  /// Runs `module` from now on.
  ///
  /// @return whether it was installed before
  boolean install(Received module) {
    if (states[active] == ACTIVE) {
      states[active] = FORMER;
      active = 1 - active;
    }
    modules[active] = module;
    states[active] = ACTIVE;
    selfTests[active] = PASSED;
    errors[active] = 0;
    inferences = 0;
    long mark = Long.parseUnsignedLong(module.digest().substring(0, 16), 16);
    boolean twice = Arrays.stream(installed).anyMatch(known -> known == mark);
    installed = Arrays.copyOf(installed, installed.length + 1);
    installed[installed.length - 1] = mark;
    return twice;
  }

  /// How many times something was installed.
  int installations() {
    return installed.length;
  }

  /// Shows a module that did not pass its self-test.
  void failed(Received module) {
    refused(module, SELF_TEST_CODE);
    selfTests[other()] = NOT_PASSED;
  }

  void refused(@Nullable Received module, int code) {
    int slot = other();
    modules[slot] = module;
    states[slot] = REFUSED;
    selfTests[slot] = 0;
    errors[slot] = code;
  }

  void remove() {
    modules[active] = null;
    states[active] = EMPTY;
  }

  private int other() {
    return states[active] == ACTIVE ? 1 - active : active;
  }

  /// An inference was made; false when nothing runs.
  boolean infer() {
    inferences++;
    return running().isPresent();
  }

  /// The instance of what runs.
  int active() {
    return active;
  }

  List<Entry> read() {
    List<Entry> all = new ArrayList<>();
    for (int slot = 0; slot < COUNT; slot++) {
      Received module = modules[slot];
      add(all, slot, 0, module == null ? "" : module.identity());
      add(all, slot, 1, module == null ? "" : module.name());
      add(all, slot, 2, module == null ? "" : module.version());
      add(all, slot, 3, module == null ? 0L : module.sequence());
      add(all, slot, STATE, (long) states[slot]);
      if (module != null) {
        add(all, slot, 5, HexFormat.of().parseHex(module.digest()));
      }
      add(all, slot, 6, (long) errors[slot]);
      boolean runs = slot == active && states[slot] == ACTIVE;
      add(all, slot, INFERENCES, runs ? inferences : 0L);
      add(all, slot, 8, runs ? 900 + inferences % 7 * 10 : 0L);
      add(all, slot, 9, runs ? 1_000L : 0L);
      if (runs && inferences > 0) {
        add(all, slot, 10, inferences % CLASSES);
        add(all, slot, 11, 0.5 + inferences % 50 / 100.0);
      }
      add(all, slot, 12, (long) selfTests[slot]);
    }
    return all;
  }

  private static void add(List<Entry> all, int slot, int resource, Object value) {
    all.add(Entry.of(OBJECT, slot, resource, value));
  }
}
