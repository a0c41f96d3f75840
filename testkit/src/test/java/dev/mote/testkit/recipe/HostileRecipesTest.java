package dev.mote.testkit.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.recipe.RecipeReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Shape;
import dev.mote.plugin.ModelReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Archives that were damaged, or made to do harm, end in a graph or in a reason.
class HostileRecipesTest {

  private static final int MUTANTS = 200;

  private static ModelReader.Result read(byte... file) {
    ModelReader.Options options =
        new ModelReader.Options(Map.of("sequence", Shape.of(1, 8, 8)), ModelReader.Io.MODEL);
    Blob blob = Blob.of(file);
    new RecipeReader().accepts(blob, "m.npz");
    return new RecipeReader().read(blob, "m.npz", options);
  }

  private static String problem(byte... file) {
    return switch (read(file)) {
      case ModelReader.Result.Model _ -> "it was read";
      case ModelReader.Result.Refused(var problems) -> problems.getFirst().toString();
    };
  }

  private static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] array(String type, String shape, int bytes) {
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n".formatted(type, shape);
    return ByteBuffer.allocate(10 + header.length() + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) header.length())
        .put(header.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bonsai", "protonn", "fastgrnn"})
  void aDamagedArchiveEndsInAGraphOrAReason(String name) throws IOException {
    byte[] whole = Blocks.resource(name + ".npz");
    Random random = new Random(name.hashCode());
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = whole.clone();
      switch (random.nextInt(3)) {
        case 0 -> mutant = java.util.Arrays.copyOf(whole, random.nextInt(whole.length));
        case 1 -> mutant[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
        default -> {
          // Within the headers of files and arrays.
          for (int k = 0; k < 4; k++) {
            mutant[random.nextInt(200)] = (byte) random.nextInt(256);
          }
        }
      }
      switch (read(mutant)) {
        case ModelReader.Result.Model _ -> {}
        case ModelReader.Result.Refused(List<Diagnostic> problems) ->
            assertThat(problems).allMatch(p -> p.kind() == Diagnostic.Kind.USER, "" + problems);
      }
    }
  }

  @Test
  void bombsAreLimited() throws IOException {
    Map<String, byte[]> bomb = new LinkedHashMap<>();
    bomb.put("W.npy", new byte[40 << 20]);
    assertThat(zip(bomb).length).isLessThan(100_000);
    assertThat(problem(zip(bomb))).startsWith("MOTE-1202 m.npz: it unpacks to more than 32 MiB\n");
    Map<String, byte[]> many = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      many.put("a" + i + ".npy", new byte[1]);
    }
    assertThat(problem(zip(many))).startsWith("MOTE-1202 m.npz: it has more than 64 files\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          >f4 | 1                   | 4  | MOTE-1207 m.npz, zeta.npy: its elements are of type >f4
          <f4 | 2, 3                | 20 | MOTE-1203 m.npz, zeta.npy: it has 20 bytes for 6 numbers
          <f4 | 99999999999         | 4  | MOTE-1202 m.npz, zeta.npy: it has too many numbers or dimensions
          <f4 | 65536, 65536, 65536 | 4  | MOTE-1202 m.npz, zeta.npy: it has too many numbers or dimensions
          <f4 | 1, 1, 1, 1, 1       | 4  | MOTE-1202 m.npz, zeta.npy: it has too many numbers or dimensions
          <f4 | 3                   | 12 | MOTE-1203 m.npz, zeta.npy: it has 3 numbers, others make 1 necessary
          """)
  void badArraysAreRefused(String type, String shape, int bytes, String message)
      throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("../../zeta.npy", array(type, shape, bytes));
    for (String name : List.of("W", "U")) {
      files.put(
          name + ".npy",
          array("<f4", name.equals("W") ? "8, 4" : "4, 4", name.equals("W") ? 128 : 64));
    }
    files.put("FC.npy", array("<f4", "4, 2", 32));
    assertThat(problem(zip(files))).startsWith(message + "\n");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    assertThat(problem(zip(Map.of("X.npy", array("<f4", "1", 4)))))
        .startsWith("MOTE-1207 m.npz: its arrays (X) are of no network that is known\n");
    assertThat(problem(zip(Map.of("gamma.npy", array("<f4", "1", 4)))))
        .startsWith("MOTE-1203 m.npz: it has no 'W.npy'\n");
  }
}
