package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownLinksTest {

  private final KnownLinks known = new KnownLinks();

  private KnownLinks.Read read(String text) throws BadContentException {
    return known.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatManyDevicesSendIsReadOnce() throws BadContentException {
    KnownLinks.Read first = read("</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/3/0>");
    assertThat(read("</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/3/0>")).isSameAs(first);
    assertThat(first.root()).hasValue("/lwm2m");
    assertThat(first.links()).hasSize(2);
    assertThat(read("</3/0>").links()).hasSize(1);
    assertThat(read("</3/0>").root()).isEmpty();
  }

  @Test
  void whatIsBrokenIsRefusedEachTime() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> read("</3/0")).isInstanceOf(BadContentException.class);
    }
  }

  @Test
  void littleIsKept() throws BadContentException {
    KnownLinks.Read first = read("</3/0>");
    String longOne =
        IntStream.range(0, 300).mapToObj("</1000/%d>"::formatted).collect(Collectors.joining(","));
    assertThat(read(longOne)).isNotSameAs(read(longOne)).isEqualTo(read(longOne));
    for (int i = 0; i < 200; i++) {
      read("</3/0>,</" + (1000 + i) + "/0>");
    }
    assertThat(read("</3/0>")).isNotSameAs(first).isEqualTo(first);
  }
}
