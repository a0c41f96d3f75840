package dev.mote.builder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeviceFactsTest {

  @Test
  void whatDevicesSayInTheirWordsIsOneFact() {
    DeviceFacts one =
        DeviceFacts.parse(
            Map.of(
                "architecture",
                "RV32",
                "extensions",
                List.of("rv-m", "rv-c", "fpu-single"),
                "ramBytes",
                65_535,
                "payloadKinds",
                List.of("wasm", "native")));
    assertThat(one.architecture()).contains("rv32imc");
    assertThat(one.extensions()).containsExactly("fpu-sp", "rv-c", "rv-m");
    assertThat(one.ramBytes()).hasValue(64_512);
    assertThat(one.payloadKinds()).containsExactly("native", "webassembly");
    assertThat(DeviceFacts.parse(one.json())).isEqualTo(one);
    assertThat(DeviceFacts.parse(one.json()).digest()).isEqualTo(one.digest());
  }

  @Test
  void freeMemoryIsRoundedSoThatEqualDevicesStayEqual() {
    DeviceFacts some = facts(100_000);
    assertThat(facts(99_900)).isEqualTo(some);
    assertThat(facts(99_000).digest()).isNotEqualTo(some.digest());
  }

  @Test
  void aTargetAloneTellsItsMemoryAndWhatItTakes() {
    DeviceFacts facts = DeviceFacts.of("stm32l4r5");
    assertThat(facts.ramBytes()).hasValue(640 * 1024);
    assertThat(facts.payloadKinds()).containsExactly("native");
    assertThat(DeviceFacts.of("host").payloadKinds()).containsExactly("shared-library");
  }

  private static DeviceFacts facts(long ram) {
    return DeviceFacts.parse(Map.of("target", "cortex-m4", "ramBytes", ram));
  }
}
