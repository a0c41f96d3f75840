package dev.mote.optimizer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorFilesTest {

  private static final TensorType HALVES =
      new TensorType(ElementType.INT8, Shape.of(1, 4), new Quantization.PerTensor(0.5f, 10));

  private static final TensorType FLOATS = TensorType.plain(ElementType.FLOAT32, Shape.of(4));

  @TempDir private Path folder;

  @Test
  void realNumbersAreQuantizedRoundedAndClamped() throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), "1.0, -0.25; 0.25\n1000");
    assertThat(read(file, HALVES)).containsExactly(12, 9, 11, 127);
  }

  @Test
  void aHeadingIsPassedOver() throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), "a,b,c,d\n1,2,3,4\n");
    assertThat(floats(read(file, FLOATS))).containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource({
    "'1,2,x,4', MOTE-4014 FILE: line 1: 'x' is no number",
    "'1,2,3', 'MOTE-4015 FILE: 3 numbers do not fill input ''t'' (float32 4), which needs 4'",
    "'', 'MOTE-4015 FILE: 0 numbers do not fill input ''t'' (float32 4), which needs 4'",
  })
  void badTextIsRefused(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), text);
    assertThatThrownBy(() -> read(file, FLOATS))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith(message.replace("FILE", file.toString()));
  }

  @Test
  void numpyNumbersOfTheTensorsTypeAreTakenAsTheyAre() throws IOException {
    Path file = npy("|i1", "(4,)", new byte[] {1, -2, 3, 127});
    assertThat(read(file, HALVES)).containsExactly(1, -2, 3, 127);
  }

  @Test
  void otherNumpyNumbersAreRealValues() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(32);
    data.putDouble(1).putDouble(-1).putDouble(0).putDouble(0.5);
    Path file = npy(">f8", "(4, 1)", data.array());
    assertThat(read(file, HALVES)).containsExactly(12, 8, 10, 11);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(5,)",
        "(99999, 99999)",
        "(-4,)",
        "(4, 2",
        "(99999999999,)",
      })
  void lyingNumpyHeadersAreRefused(String shape) throws IOException {
    Path file = npy("<f4", shape, new byte[16]);
    assertThatThrownBy(() -> read(file, FLOATS))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith("MOTE-4014 " + file);
  }

  @Test
  void greyImagesFillTheRangeOfQuantizedTensors() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSamples(0, 0, 2, 2, 0, new int[] {0, 1, 128, 255});
    Path file = folder.resolve("x.png");
    ImageIO.write(image, "png", file.toFile());
    TensorType type =
        new TensorType(
            ElementType.INT8, Shape.of(1, 2, 2, 1), new Quantization.PerTensor(1 / 255f, -128));
    assertThat(read(file, type)).containsExactly(-128, -127, 0, 127);
    TensorType floats = TensorType.plain(ElementType.FLOAT32, Shape.of(1, 2, 2));
    assertThat(floats(TensorFiles.read(file, "t", floats, Pixels.UNIT)))
        .containsExactly(0, 1 / 255f, 128 / 255f, 1);
  }

  @Test
  void imagesOfAnotherSizeAreRefused() throws IOException {
    Path file = folder.resolve("x.png");
    ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    TensorType type = TensorType.plain(ElementType.FLOAT32, Shape.of(1, 4, 4, 3));
    assertThatThrownBy(() -> read(file, type))
        .hasMessage(
            "MOTE-4015 "
                + file
                + ": the image is 3x2 pixels (width x height), the model's input 1x4x4x3 is 4x4\n"
                + "  Fix: scale the image to the model's size first, as in training.");
  }

  @Test
  void soundIsReadAsSamples() throws IOException {
    ByteBuffer wav = ByteBuffer.allocate(44 + 8).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 8);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1);
    wav.putShort((short) 1).putInt(16000).putInt(32000).putShort((short) 2).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(8);
    wav.putShort((short) 16384).putShort((short) -32768).putShort((short) 0).putShort((short) 8192);
    Path file = Files.write(folder.resolve("x.wav"), wav.array());
    assertThat(floats(read(file, FLOATS))).containsExactly(0.5f, -1, 0, 0.25f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.png", "x.wav", "x.npy", "x.jpg", "x.gif"})
  void damagedFilesAreRefused(String name) throws IOException {
    Path file = Files.write(folder.resolve(name), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    assertThatThrownBy(() -> read(file, FLOATS))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith("MOTE-4014 " + file);
  }

  @Test
  void unknownSuffixesAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("x.mp3"), "");
    assertThatThrownBy(() -> read(file, FLOATS)).hasMessageStartingWith("MOTE-4013 " + file);
  }

  @Test
  void absentFilesAreRefused() {
    Path file = folder.resolve("x.bin");
    assertThatThrownBy(() -> read(file, FLOATS))
        .hasMessage("MOTE-4010 " + file + ": there is no such file\n  Fix: check the path.");
  }

  private Path npy(String descr, String shape, byte[] data) throws IOException {
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n".formatted(descr, shape);
    ByteBuffer npy =
        ByteBuffer.allocate(10 + header.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
    npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    npy.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII)).put(data);
    return Files.write(folder.resolve("x.npy"), npy.array());
  }

  private static byte[] read(Path file, TensorType type) {
    return TensorFiles.read(file, "t", type, Pixels.AUTO);
  }

  private static float[] floats(byte[] bytes) {
    float[] floats = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }
}
