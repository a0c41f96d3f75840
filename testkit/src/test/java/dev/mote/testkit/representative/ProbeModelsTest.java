package dev.mote.testkit.representative;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.pluginhost.check.ProbeModels;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.representative.NetworkSketch.Slide;
import dev.mote.testkit.representative.NetworkSketch.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The models that the conformance suite of compilers brings along are these; `make golden`
/// writes them anew.
class ProbeModelsTest {

  private static Map<String, NetworkSketch> networks() {
    Map<String, NetworkSketch> networks = new LinkedHashMap<>();
    networks.put("dense_int8", dense(ElementType.INT8));
    networks.put("conv_int8", convolutions(ElementType.INT8));
    networks.put("residual_int8", residual());
    networks.put("conv_int16", convolutions(ElementType.INT16));
    networks.put("dense_batch", batch());
    return networks;
  }

  private static NetworkSketch start(ElementType element, long seed) {
    return new NetworkSketch(element, ElementType.INT8, new CaseRandom(seed, 0));
  }

  private static NetworkSketch dense(ElementType element) {
    NetworkSketch n = start(element, 11);
    Value x = n.input(1, 4, 4, 2);
    x = n.fullyConnected(n.reshape(x, 1, 32), 12, NetworkSketch.RELU);
    n.output(n.fullyConnected(x, 5, NetworkSketch.NONE));
    return n;
  }

  private static NetworkSketch batch() {
    NetworkSketch n = start(ElementType.INT8, 12);
    Value x = n.input(3, 10);
    x = n.fullyConnected(x, 8, NetworkSketch.RELU6);
    n.output(n.fullyConnected(x, 3, NetworkSketch.NONE));
    return n;
  }

  private static NetworkSketch convolutions(ElementType element) {
    NetworkSketch n = start(element, 13);
    Value x = n.input(1, 9, 7, 2);
    x = n.conv(x, 4, Slide.same(3, 2), NetworkSketch.RELU);
    x = n.depthwise(x, Slide.same(3, 1), NetworkSketch.RELU);
    x = n.pointwise(x, 6, NetworkSketch.NONE);
    x = n.fullyConnected(n.reshape(x, 1, x.height() * x.width() * 6), 4, NetworkSketch.NONE);
    n.output(n.softmax(x));
    return n;
  }

  private static NetworkSketch residual() {
    NetworkSketch n = start(ElementType.INT8, 14);
    Value x = n.input(1, 6, 6, 4);
    Value y = n.conv(x, 4, Slide.same(3, 1), NetworkSketch.RELU);
    y = n.pool(BuiltinOperator.MAX_POOL_2D, n.add(x, y), Slide.valid(2, 2));
    n.output(n.logistic(n.mean(y, false)));
    return n;
  }

  @Test
  void theModelsThatTheSuiteBringsAlongAreTheseNetworks() throws IOException {
    Map<String, NetworkSketch> networks = networks();
    assertThat(networks.keySet()).containsExactlyElementsOf(ProbeModels.NAMES);
    for (Map.Entry<String, NetworkSketch> network : networks.entrySet()) {
      byte[] bytes = network.getValue().sketch().build();
      if (Boolean.getBoolean("mote.golden")) {
        Path folder =
            Path.of(
                System.getProperty("mote.root", ".."),
                "compiler/plugin-host/src/main/resources/dev/mote/pluginhost/check");
        Files.createDirectories(folder);
        Files.write(folder.resolve(network.getKey() + ".tflite"), bytes);
      } else {
        assertThat(ProbeModels.file(network.getKey())).isEqualTo(Blob.of(bytes));
      }
    }
  }
}
