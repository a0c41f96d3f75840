package dev.mote.orchestration.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.UpdateObject;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class CapabilityReadingTest {

  private static Map<ResourcePath, List<Object>> board() {
    Map<ResourcePath, List<Object>> values = new HashMap<>();
    values.put(new ResourcePath(3, 0, 0), List.of("Example"));
    values.put(new ResourcePath(5, 0, 3), List.of(0L));
    values.put(new ResourcePath(5, 0, 9), List.of(1L));
    values.put(new ResourcePath(3303, 0, 5700), List.of(21.5));
    values.put(mote(0), List.of("armv7e-m"));
    values.put(mote(1), List.of("fpu-single", "dsp"));
    values.put(mote(3), List.of(64_000_000L));
    values.put(mote(4), List.of(262_144L));
    values.put(mote(5), List.of(100_000L));
    values.put(mote(6), List.of(1L << 20));
    values.put(mote(7), List.of(300_000L));
    values.put(mote(8), List.of(1L));
    values.put(mote(10), List.of("native"));
    values.put(mote(13), List.of(2L));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 0), List.of("2b1c"));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 3), List.of(7L));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 4), List.of(4L));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 5), List.of(new byte[32]));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 10), List.of(3L));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 11), List.of(0.5));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 12), List.of(1L));
    values.put(new ResourcePath(MoteObjects.MODULE, 1, 4), List.of(0L));
    return values;
  }

  private static ResourcePath mote(int resource) {
    return new ResourcePath(MoteObjects.INFERENCE, 0, resource);
  }

  @Test
  void readsWhatABoardSays() {
    CapabilityReading reading = CapabilityReading.of(board());
    Capabilities board = reading.capabilities();
    assertThat(reading.doubts()).isEmpty();
    assertThat(board.runsModules()).isTrue();
    assertThat(board.architecture()).contains("armv7e-m");
    assertThat(board.extensions()).containsExactly("dsp", "fpu-single");
    assertThat(board.flashFreeBytes()).hasValue(300_000);
    assertThat(board.updateObjects()).containsExactly(UpdateObject.FIRMWARE);
    assertThat(board.deliveries()).containsExactly(Delivery.PUSH);
    assertThat(board.sensors()).containsExactly(3303);
    assertThat(board.modules())
        .singleElement()
        .satisfies(
            module -> {
              assertThat(module.state()).isEqualTo(InstalledModule.State.ACTIVE);
              assertThat(module.digest()).contains("0".repeat(64));
              assertThat(module.lastClass()).hasValue(3);
              assertThat(module.lastScore()).hasValue(0.5);
              assertThat(module.selfTest()).isEqualTo(InstalledModule.SelfTest.PASSED);
            });
  }

  @Test
  void doubtsWhatCannotBe() {
    Map<ResourcePath, List<Object>> values = board();
    values.put(mote(0), List.of("arm\u0000"));
    values.put(mote(3), List.of("fast"));
    values.put(mote(7), List.of(2L << 20));
    values.put(mote(8), List.of(-1L));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 5), List.of(new byte[31]));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 11), List.of(Double.NaN));
    values.put(new ResourcePath(MoteObjects.MODULE, 0, 12), List.of(3L));
    CapabilityReading reading = CapabilityReading.of(values);
    assertThat(reading.doubts())
        .containsExactly(
            "/33457/0/0 is longer than 255 characters, or has control characters",
            "/33457/0/3 is no whole number from 1 to 100000000000",
            "/33457/0/7 is no whole number from 0 to 1048576",
            "/33457/0/8 is no whole number from 0 to 65535",
            "/33458/0/11 is no number",
            "/33458/0/12 is no whole number from 0 to 2",
            "/33458/0/5 is no SHA-256 of 32 bytes");
    assertThat(reading.capabilities().runsModules()).isFalse();
    assertThat(reading.capabilities().flashFreeBytes()).isEmpty();
  }

  @Test
  void aDeviceThatDownloadsByOtherProtocolsOnlyIsPushedTo() {
    Map<ResourcePath, List<Object>> values = new HashMap<>();
    values.put(new ResourcePath(5, 0, 9), List.of(2L));
    assertThat(CapabilityReading.of(values).capabilities().deliveries())
        .containsExactly(Delivery.PUSH, Delivery.PULL);
    values.put(new ResourcePath(5, 0, 8), List.of(2L, 3L));
    assertThat(CapabilityReading.of(values).capabilities().deliveries())
        .containsExactly(Delivery.PUSH);
    values.put(new ResourcePath(5, 0, 8), List.of(2L, 1L));
    assertThat(CapabilityReading.of(values).capabilities().deliveries())
        .containsExactly(Delivery.PUSH, Delivery.PULL);
  }

  @Test
  void nothingThatADeviceSaysBreaksTheReader() {
    Random random = new Random(9);
    int[] objects = {3, 5, 9, 3303, MoteObjects.INFERENCE, MoteObjects.MODULE, 65_534};
    for (int round = 0; round < 20_000; round++) {
      Map<ResourcePath, List<Object>> values = new HashMap<>();
      for (int i = random.nextInt(40); i > 0; i--) {
        Object value =
            switch (random.nextInt(5)) {
              case 0 -> "x".repeat(random.nextInt(600));
              case 1 -> random.nextLong();
              case 2 -> random.nextBoolean() ? Double.NaN : random.nextGaussian();
              case 3 -> random.nextBoolean();
              default -> new byte[random.nextInt(40)];
            };
        values.put(
            new ResourcePath(
                objects[random.nextInt(objects.length)], random.nextInt(3), random.nextInt(20)),
            random.nextInt(8) == 0 ? List.of() : List.of(value, value));
      }
      Capabilities read = CapabilityReading.of(values).capabilities();
      assertThat(read.ramFreeBytes().orElse(0)).isGreaterThanOrEqualTo(0);
    }
  }

  /// The definitions that devices implement and the numbers that the reader uses are the same.
  @Test
  void theDefinitionsHaveTheResourcesThatAreRead() throws Exception {
    // And one that only a bootstrap server writes.
    assertThat(MoteObjects.SIGNING_KEY.resource()).isEqualTo(16);
    assertThat(ids("33457.xml")).containsExactlyElementsOf(range(17));
    assertThat(ids("33458.xml")).containsExactlyElementsOf(range(13));
    for (UpdateObject object : List.of(UpdateObject.SOFTWARE)) {
      assertThat(ids(object.id() + ".xml"))
          .contains(
              object.packageResource(),
              object.uriResource(),
              object.installResource(),
              object.stateResource(),
              object.resultResource(),
              object.versionResource(),
              UpdateObject.SOFTWARE_ACTIVATE,
              UpdateObject.SOFTWARE_ACTIVE,
              UpdateObject.SOFTWARE_UNINSTALL);
    }
  }

  private static List<Integer> range(int end) {
    return java.util.stream.IntStream.range(0, end).boxed().toList();
  }

  private static TreeSet<Integer> ids(String file) throws Exception {
    try (InputStream stream =
        Objects.requireNonNull(MoteObjects.class.getResourceAsStream(file), file)) {
      Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream);
      TreeSet<Integer> ids = new TreeSet<>();
      NodeList items = document.getElementsByTagName("Item");
      for (int i = 0; i < items.getLength(); i++) {
        ids.add(Integer.valueOf(((Element) items.item(i)).getAttribute("ID")));
      }
      return ids;
    }
  }
}
