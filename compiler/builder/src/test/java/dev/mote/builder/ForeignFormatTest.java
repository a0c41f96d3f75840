package dev.mote.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.ModelReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignFormatTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "net.h5, '\u0089HDF\r\n\u001a\n', KERAS",
    "net.weights, '\u0089HDF\r\n\u001a\n', KERAS",
    "net.pt, '\u0080\u0002}', PYTORCH",
    "net.pkl, '\u0080\u0005}', PICKLE",
    "net.joblib, 'xyz', PICKLE",
    "net.model, 'binf', XGBOOST_BINARY",
    "saved_model.pb, 'xyz', SAVED_MODEL",
  })
  void isToldByItsContentsOrItsName(String name, String contents, ForeignFormat format) {
    Blob bytes = Blob.of(contents.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(ForeignFormat.of(bytes, name)).contains(format);
  }

  @ParameterizedTest
  @CsvSource({"archive/data.pkl, PYTORCH", "model.weights.h5, KERAS"})
  void archivesAreToldByWhatIsInThem(String inside, ForeignFormat format) throws IOException {
    assertThat(ForeignFormat.of(archive(inside), "net.zip")).contains(format);
    assertThat(ForeignFormat.of(archive("readme.txt"), "net.zip")).isEmpty();
  }

  @Test
  void theRefusalSaysHowToExport() throws IOException {
    Path file = folder.resolve("net.pt");
    Files.write(file, archive("net/data.pkl").toByteArray());
    assertThatThrownBy(() -> ModelFiles.read(file, ModelReader.Options.standard()))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining(
            "MOTE-4011 " + file + ": it is a PyTorch model, which Mote does not read\n")
        .hasMessageContaining("torch.onnx.export(model.eval()");
    Path saved = Files.createDirectory(folder.resolve("saved"));
    Files.writeString(saved.resolve("saved_model.pb"), "");
    assertThatThrownBy(() -> ModelFiles.read(saved, ModelReader.Options.standard()))
        .hasMessageContaining("from_saved_model(folder)");
  }

  @Test
  void noBytesBreakIt() throws IOException {
    Random random = new Random(1);
    byte[] good = archive("a/data.pkl").toByteArray();
    for (int round = 0; round < 2_000; round++) {
      byte[] bytes = good.clone();
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      assertThat(ForeignFormat.of(Blob.of(bytes), "x")).isNotNull();
    }
    assertThat(ForeignFormat.of(Blob.of(new byte[0]), "")).isEmpty();
  }

  private static Blob archive(String inside) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(inside));
      zip.write(new byte[100]);
      zip.closeEntry();
    }
    return Blob.of(bytes.toByteArray());
  }
}
