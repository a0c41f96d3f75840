package dev.mote.bench;

import dev.mote.bench.DemoModules.Travelling;
import dev.mote.emulator.DeviceFirmware;
import dev.mote.emulator.EmulatedDevice;
import dev.mote.ir.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What happens to one device: it gets a model, runs it, is upgraded, refuses what is bad, and
/// rolls back. Every step is printed when it is done, with figures; what the device says stands in
/// quotes.
final class DeviceStory {

  /// Starts that the sample gives a new module to prove itself.
  private static final int TRIAL_BOOTS = 3;

  /// The emulated clock: one instruction takes 8 ns.
  private static final int INSTRUCTIONS_PER_MICROSECOND = 125;

  private final DemoModules modules;
  private final DeviceFirmware firmware;
  private final Path flash;
  private EmulatedDevice device;
  private boolean asPromised = true;

  private DeviceStory(DemoModules modules, DeviceFirmware firmware) throws IOException {
    this.modules = modules;
    this.firmware = firmware;
    flash = Files.createDirectories(modules.folder().resolve("flash"));
    device = EmulatedDevice.start(firmware, flash);
  }

  /// Tells the story of a new device; whether all went as it should.
  static boolean tell(
      DemoModules modules, DeviceFirmware firmware, LabelledModel model, LabelledModel retrained)
      throws IOException {
    DeviceStory story = new DeviceStory(modules, firmware);
    try {
      story.install();
      story.run(model);
      story.upgrade();
      story.run(retrained);
      story.refuse();
      story.rollBack();
      return story.asPromised;
    } finally {
      story.device.close();
    }
  }

  private void install() throws IOException {
    modules.build(DemoModules.MODEL, 1, "vendor", "first.mote");
    modules.encrypt("first.mote", "first-encrypted.mote");
    Travelling module = modules.read("first-encrypted.mote");
    step(
        "build",
        "%,d bytes of native code and weights; %,d of manifest, golden vectors, signature and wrapped key",
        module.plainBytes(),
        module.file().length - module.payloadBytes());
    more(
        "signed by the vendor (ES256), encrypted for this device alone (AES-128-GCM, ECDH on P-256)");

    int cut = module.file().length * 2 / 3;
    device.ask("install " + module.file().length, module.file(), cut);
    step(
        "install",
        "piece by piece, decrypted on the way to flash; at byte %,d of %,d the power fails",
        cut,
        module.file().length);
    check(!device.isOn(), "the emulator was ended");
    restart();
    more("switched on again: '%s'", last(device.greeting()));
    List<String> said = device.ask("resume " + module.file().length, module.file());
    more("resumed: '%s'", String.join("', '", said));
    check(said.size() == 2 && said.getLast().startsWith("installed"), "the download was resumed");
    more(
        "before it may run: signature, hash of every block, and its golden vectors, computed by the device");
  }

  /// Classifies all pictures; the module on trial is confirmed by that.
  private void run(LabelledModel model) {
    String started = last(device.ask("reset"));
    long before = counter("microseconds");
    List<Blob> answers = new ArrayList<>();
    int confirmedAfter = 0;
    for (Blob picture : model.pictures()) {
      List<String> said = device.ask("run", picture.toByteArray());
      check(!said.isEmpty(), "the device answers");
      answers.add(bytes(said.getFirst()));
      if (confirmedAfter == 0 && said.contains("confirmed")) {
        confirmedAfter = answers.size();
      }
    }
    long time = (counter("microseconds") - before) / answers.size();
    int equal = model.equal(answers);
    step("run", "'%s'; it confirms itself after %d pictures", started, confirmedAfter);
    more(
        "%d pictures: %d answers equal to the reference bit by bit, %d right; %,d instructions each",
        answers.size(), equal, model.right(answers), time * INSTRUCTIONS_PER_MICROSECOND);
    check(equal == answers.size(), "all answers are those of the reference");
    check(confirmedAfter > 0, "the module was confirmed");
  }

  private void upgrade() throws IOException {
    modules.build(DemoModules.RETRAINED, 2, "vendor", "second.mote");
    modules.delta("first.mote", "second.mote", "delta.mote");
    modules.encrypt("delta.mote", "delta-encrypted.mote");
    Travelling full = modules.read("second.mote");
    Travelling delta = modules.read("delta.mote");
    Travelling travelling = modules.read("delta-encrypted.mote");
    step(
        "upgrade",
        "the weights of the last layer change: a delta of %,d bytes instead of %,d, %.1f %%",
        delta.payloadBytes(),
        full.plainBytes(),
        100.0 * delta.payloadBytes() / full.plainBytes());
    List<String> said = device.ask("install " + travelling.file().length, travelling.file());
    more(
        "encrypted and with manifest and signature %,d bytes, %.1f %% of the whole module: '%s'",
        travelling.file().length,
        100.0 * travelling.file().length / full.file().length,
        last(said));
    check(last(said).startsWith("installed"), "the delta was applied");
  }

  private void refuse() throws IOException {
    modules.build(DemoModules.MODEL, 3, "vendor", "third.mote");
    modules.build(DemoModules.MODEL, 3, "stranger", "foreign.mote");
    modules.promiseTooMuch("third.mote", "wrong.mote");
    step(
        "refuse",
        "the first module again: '%s', older than what is installed",
        refused("first.mote"));
    more("one by a stranger's key: '%s', not trusted", refused("foreign.mote"));
    more("one by the vendor, whose golden vectors are wrong: '%s'", refused("wrong.mote"));
    restart();
    more("after all that: '%s'", last(device.greeting()));
    check(device.greeting().contains("module 2 confirmed"), "the second module stays");
  }

  private String refused(String module) throws IOException {
    byte[] file = modules.read(module).file();
    String said = last(device.ask("install " + file.length, file));
    check(said.startsWith("refused"), module + " is refused");
    return said;
  }

  private void rollBack() throws IOException {
    byte[] third = modules.read("third.mote").file();
    String said = last(device.ask("install " + third.length, third));
    step("roll back", "a third module that never proves itself: '%s'", said);
    for (int start = 0; start < TRIAL_BOOTS; start++) {
      restart();
      more("the power fails and comes back: '%s'", last(device.greeting()));
    }
    restart();
    more(
        "and once more: '%s', rollbacks counted: %d",
        last(device.greeting()), counter("rollbacks"));
    check(device.greeting().contains("module 2 confirmed"), "the second module is back");
  }

  private void restart() {
    device.cutPower();
    device = EmulatedDevice.start(firmware, flash);
  }

  private long counter(String name) {
    List<String> words = Arrays.asList(last(device.ask("counters")).split(" ", -1));
    return Long.parseLong(words.get(words.indexOf(name) + 1));
  }

  private static String last(List<String> said) {
    return said.isEmpty() ? "nothing" : said.getLast();
  }

  /// The numbers behind the word `output`.
  private static Blob bytes(String said) {
    String[] words = said.split(" ", -1);
    byte[] bytes = new byte[words.length - 1];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Byte.parseByte(words[i + 1]);
    }
    return Blob.of(bytes);
  }

  private void check(boolean holds, String what) {
    if (!holds) {
      asPromised = false;
      more("NOT AS IT SHOULD BE: it does not hold that %s", what);
    }
  }

  private static void step(String name, String text, Object... figures) {
    System.out.printf(Locale.ROOT, "  %-10s %s%n", name, text.formatted(figures));
  }

  private static void more(String text, Object... figures) {
    step("", text, figures);
  }
}
