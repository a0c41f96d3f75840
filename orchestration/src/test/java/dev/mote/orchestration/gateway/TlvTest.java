package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlvTest {

  private static final NodePath DEVICE = NodePath.of("/3/0");

  @Test
  void resourcesAreRead() throws BadContentException {
    assertThat(Tlv.read(HexFormat.of().parseHex("c301616263860b410001410102"), DEVICE))
        .hasSize(3)
        .first()
        .extracting(Measurement::value)
        .isEqualTo(new Value.Text("abc"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"c30161", "c8", "c801", "d801ffff", "08ff", "86000000000000"})
  void whatIsCutOffIsRefused(String hex) {
    assertThatThrownBy(() -> Tlv.read(HexFormat.of().parseHex(hex), DEVICE))
        .isInstanceOf(BadContentException.class);
  }

  @Test
  void whatGoesTooDeepIsRefused() {
    byte[] nested = new byte[30_000];
    Arrays.fill(nested, (byte) 0);
    // Each level says that all of the rest is in it.
    for (int i = 0; i + 4 <= nested.length; i += 4) {
      int rest = nested.length - i - 4;
      nested[i] = 0x10;
      nested[i + 2] = (byte) (rest >> 8);
      nested[i + 3] = (byte) rest;
    }
    assertThatThrownBy(() -> Tlv.read(nested, DEVICE)).isInstanceOf(BadContentException.class);
  }

  @Test
  void whateverComesIsReadOrRefused() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(40)];
      random.nextBytes(bytes);
      try {
        assertThat(Tlv.read(bytes, DEVICE)).isNotNull();
      } catch (BadContentException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
