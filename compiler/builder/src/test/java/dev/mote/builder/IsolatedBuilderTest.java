package dev.mote.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.RequiredTools;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleReader;
import dev.mote.module.cbor.Bytes;
import dev.mote.plugin.Progress;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IsolatedBuilderTest {

  private static final Bytes VENDOR = NamedUuid.of(NamedUuid.DNS, "example.com");
  private static final Manifest.Identity IDENTITY =
      new Manifest.Identity(
          VENDOR, NamedUuid.of(VENDOR, "fashion"), "fashion", "1", Optional.empty());

  private static Blob file;

  @BeforeAll
  static void readTheFile() throws IOException {
    file = Blob.of(Files.readAllBytes(ModelCheckTest.FASHION));
  }

  @Test
  void buildsAsInThisProcess() {
    assumeTrue(
        RequiredTools.missing(List.of(Targets.find("cortex-m4"))).isEmpty(), "tools are missing");
    List<String> steps = new ArrayList<>();
    IsolatedBuilder.Result result =
        IsolatedBuilder.STANDARD.build(
            file,
            "fashion.tflite",
            DeviceFacts.of("cortex-m4"),
            BuildOptions.STANDARD,
            IDENTITY,
            new Progress() {
              @Override
              public void report(double done, String what) {
                steps.add(what);
              }

              @Override
              public boolean isCancelled() {
                return false;
              }
            });
    assertThat(result).isInstanceOf(IsolatedBuilder.Result.Built.class);
    IsolatedBuilder.Result.Built built = (IsolatedBuilder.Result.Built) result;
    assertThat(ModuleReader.read(Bytes.of(built.module().toByteArray())).manifest().identity())
        .isEqualTo(IDENTITY);
    assertThat(built.page()).startsWith("<!doctype html>");
    assertThat(built.report()).containsEntry("compiler", "mote-c").containsEntry("kind", "native");
    assertThat(steps).contains("running on the emulated board", "packing");
  }

  @Test
  void plansForSeveralDevicesAndChecks() {
    assertThat(
            IsolatedBuilder.STANDARD.plan(
                file,
                "fashion.tflite",
                List.of(DeviceFacts.of("cortex-m0"), DeviceFacts.of("rp2040")),
                BuildOptions.STANDARD))
        .extracting(choice -> choice.get("fits"))
        .containsExactly(true, true);
    assertThat(IsolatedBuilder.STANDARD.check(file, "fashion.tflite"))
        .containsEntry("usable", true)
        .containsEntry("format", "tflite");
  }

  @Test
  void whatTakesTooLongOrTooMuchIsStopped() {
    IsolatedBuilder hasty = new IsolatedBuilder(Duration.ofMillis(50), 1L << 30);
    assertThat(refusal(hasty, file).what())
        .isEqualTo("work on the model was stopped: it took longer than 0 seconds");
    Blob large = Blob.of(new byte[40 << 20]);
    assertThat(refusal(new IsolatedBuilder(Duration.ofMinutes(1), 16L << 20), large).what())
        .startsWith("work on the model was stopped: it needed more memory than 16,777,216 bytes");
  }

  @Test
  void whatIsNoModelIsRefused() {
    assertThat(refusal(IsolatedBuilder.STANDARD, Blob.of(new byte[100])).label())
        .isEqualTo("MOTE-4011");
  }

  @Test
  void whatIsNotWantedAnyMoreIsEnded() {
    Progress cancelled =
        new Progress() {
          @Override
          public void report(double done, String what) {}

          @Override
          public boolean isCancelled() {
            return true;
          }
        };
    assertThatThrownBy(
            () ->
                IsolatedBuilder.STANDARD.build(
                    file,
                    "fashion.tflite",
                    DeviceFacts.of("host"),
                    BuildOptions.STANDARD,
                    IDENTITY,
                    cancelled))
        .isInstanceOf(CancellationException.class);
  }

  private static Diagnostic refusal(IsolatedBuilder builder, Blob model) {
    IsolatedBuilder.Result result =
        builder.build(
            model,
            "m.tflite",
            DeviceFacts.of("cortex-m4"),
            BuildOptions.STANDARD,
            IDENTITY,
            Progress.NONE);
    return ((IsolatedBuilder.Result.Refused) result).problems().getFirst();
  }
}
